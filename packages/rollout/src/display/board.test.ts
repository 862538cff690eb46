import { Palette, StackTree } from "@mrgc/sandbox/host";
import { describe, expect, test } from "vitest";
import { Activity, DriverName, type RolloutState, StackStatus } from "../core/model.ts";
import { boardLines } from "./board.ts";

const state: RolloutState = {
  id: "7",
  release: { id: "f00", name: "v2" },
  previous: {},
  waves: [
    { kind: "canary", stacks: ["us-east-1"] },
    { kind: "regions", stacks: ["us-east-2", "us-west-2"] },
  ],
  settings: { bakeSeconds: 600, pollSeconds: 30, patienceSeconds: 1800, knownAlarms: [] },
  equipment: { driver: DriverName.Sandbox, policyPacks: [], alarms: { source: "cloudwatch" } },
  startedAt: "",
  startedBy: "",
  stacks: { "us-east-1": StackStatus.Updated, "us-east-2": StackStatus.Updating, "us-west-2": StackStatus.Pending },
  wave: 1,
  activity: Activity.Updating,
  paused: false,
};
const view = { now: 125_000, rows: 20, palette: new Palette(false) };

describe("the board", () => {
  test("shows every stack, and what the busy ones do", () => {
    const tree = new StackTree();
    tree.began({ kind: "create", urn: "urn:pulumi:s::p::x:index:Network$aws:ec2/vpc:Vpc::main" }, 120_000);
    const work = new Map([
      ["us-east-2", { tree, began: 60_000 }],
      ["us-west-2", { tree: new StackTree(), began: 120_000 }],
    ]);
    expect(boardLines(state, work, view)).toEqual([
      "rollout 7  release v2  wave 2 of 2  updating",
      "✓ us-east-1        updated",
      "> us-east-2        updating  1:05",
      "  └─ Network              0  create aws:ec2/vpc:Vpc main 5 s",
      "· us-west-2        preview  0:05",
    ]);
    expect(boardLines(state, work, { ...view, rows: 3 })).toHaveLength(3);
  });

  test("counts the gate's time", () => {
    const ok = { stack: "us-east-1", name: "gpu", state: "OK" as const };
    const gating: RolloutState = { ...state, activity: Activity.Gating, gate: { verdict: "green", alarms: [ok, ok] } };
    const last = (shown: RolloutState) => boardLines(shown, new Map(), { ...view, gateSince: 5_000 }).at(-1);
    expect(last(gating)).toBe("gate: quiet for 2:00 of 10:00, 2 alarms OK");
    const silent = { ...ok, state: "UNKNOWN" as const };
    expect(last({ ...gating, gate: { verdict: "waiting", alarms: [ok, silent] } })).toBe(
      "gate: waits for 2:00, 1 of 2 alarms OK",
    );
    expect(boardLines({ ...gating, paused: true }, new Map(), view)[0]).toContain("paused");
  });
});
