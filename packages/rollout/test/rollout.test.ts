/** Rollouts over three regions in the sandbox, as an operator runs them: real processes, the embedded engine, a real kill -9. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { replay } from "../src/core/machine.ts";
import type { RolloutEvent } from "../src/core/model.ts";
import type { RolloutSummary } from "../src/core/summary.ts";
import { begin, entriesOf, eventsOf, killed, rollout, untilLogged } from "./support/command.ts";
import { type DemoProject, makeDemoProject, stacks } from "./support/demo-project.ts";

let project: DemoProject;

beforeAll(() => {
  project = makeDemoProject();
});
afterAll(() => project.remove());

const quick = ["--bake-seconds", "0.3", "--poll-seconds", "0.1"];
/** `update-started us-east-1`, ... in the order of the log. */
const steps = (events: RolloutEvent[], type: RolloutEvent["type"]): string[] =>
  events.flatMap((event) => (event.type === type && "stack" in event ? [event.stack] : []));

// Each builds on what the one before left: the life of one project.
describe("a project's rollouts", () => {
  it("bring a first release up: canary, the other regions, global", { timeout: 180_000 }, async () => {
    const { code, output } = await rollout(project.directory, "start", "--width", "2", "--why", "the first", ...quick);
    expect([code, output]).toEqual([0, expect.stringContaining("Succeeded")]);
    expect(await project.timeouts()).toEqual([30, 30, 30, 30]);
    expect(eventsOf(project.directory).find(({ type }) => type === "started")).toMatchObject({
      waves: [{ stacks: ["us-east-1"] }, { stacks: ["us-east-2", "us-west-2"] }, { stacks: ["global"] }],
    });
  });

  it("stop at a canary whose pages fire, bring it back, and tell why", { timeout: 120_000 }, async () => {
    project.setTimeouts(60);
    const { code, output } = await rollout(
      project.directory,
      "--red",
      "us-east-1",
      "--json",
      "--why",
      "longer",
      ...quick,
    );
    expect(code).toBe(3);
    expect(JSON.parse(output)).toMatchObject({
      status: "rolled-back",
      reason: "in alarm: us-east-1-gpu (us-east-1)",
      waves: [
        { stacks: [{ stack: "us-east-1", status: "returned" }] },
        { stacks: [{ status: "pending" }] },
        { stacks: [{ status: "pending" }] },
        { stacks: [{ status: "pending" }] },
      ],
    } satisfies { [key in keyof RolloutSummary]?: unknown });
    const events = eventsOf(project.directory);
    // It was at 60 in between, as an update of one resource, and is at 30 again by another.
    expect(events).toContainEqual({ type: "update-finished", stack: "us-east-1", changes: { same: 1, update: 1 } });
    expect(events).toContainEqual({ type: "return-finished", stack: "us-east-1", changes: { same: 1, update: 1 } });
    expect(steps(events, "update-started")).toEqual(["us-east-1"]);
    expect(await project.timeouts()).toEqual([30, 30, 30, 30]);
    const story = (await rollout(project.directory, "log")).output.trim().split("\n");
    expect(story.map((line) => line.replace(/^\S+ \S+ {2}\S+ {2}/, ""))).toEqual([
      expect.stringMatching(
        /^Rollout 2 begins in the sandbox: longer\. Release working tree .*; the way back leads to [0-9a-f]{10}\./,
      ),
      "Before wave 1 of 4 (canary: us-east-1): no page is open, and the previews succeed (us-east-1: 1 same, 1 update).",
      "us-east-1: update begins.",
      "us-east-1: updated (1 same, 1 update).",
      "Gate of wave 1 of 4 (canary: us-east-1) is RED: in alarm: us-east-1-gpu (us-east-1). What was updated goes back.",
      expect.stringMatching(/^us-east-1: goes back to release [0-9a-f]{10}\.$/),
      "us-east-1: is back (1 same, 1 update).",
      "Rolled back: every stack that was touched is at its earlier release again.",
    ]);
  });

  it(
    "go on after kill -9, in an update and at a gate, with the release that they began with",
    { timeout: 240_000 },
    async () => {
      const { directory } = project;
      const first = begin(directory, ["start", "--sandbox", "--bake-seconds", "2", "--poll-seconds", "0.1"]);
      await untilLogged(first, directory, (event) => event.type === "update-started" && event.stack === "us-east-2");
      await killed(first);
      // Somebody goes on working in the meantime: what is rolled out is not what lies in the working tree now.
      project.setTimeouts(90);
      const again = await rollout(directory, "start");
      expect([again.code, again.errors]).toEqual([
        1,
        expect.stringMatching(/rollout 3 has not ended: .*rollout resume/),
      ]);
      expect((await rollout(directory, "status")).output).toMatch(/us-east-2 +updating\n.*no process works on it/s);

      const second = begin(directory, ["resume", "--sandbox"]);
      await untilLogged(second, directory, (event) => event.type === "gate-seen" && event.wave === 1);
      await killed(second);
      const third = await rollout(directory, "resume");
      expect([third.code, third.output]).toEqual([0, expect.stringContaining("Succeeded")]);

      expect(await project.timeouts()).toEqual([60, 60, 60, 60]);
      const events = eventsOf(directory);
      expect(events.filter(({ type }) => type === "taken-over")).toEqual([
        {
          type: "taken-over",
          from: expect.stringContaining(`process ${first.child.pid} on`) as string,
          stacks: ["us-east-2"],
        },
        { type: "taken-over", from: expect.stringContaining(`process ${second.child.pid} on`) as string, stacks: [] },
      ]);
      expect(steps(events, "update-started")).toEqual(["us-east-1", "us-east-2", "us-east-2", "us-west-2", "global"]);
      const entries = entriesOf(directory).filter((entry) => entry.rollout === "3");
      expect(replay(entries)).toMatchObject({
        outcome: "succeeded",
        stacks: Object.fromEntries(stacks.map((s) => [s, "updated"])),
      });
    },
  );

  it("hear an operator in another process: one at a time, pause, resume, back", { timeout: 240_000 }, async () => {
    const { directory } = project;
    const states = join(directory, "alarms.json");
    writeFileSync(states, JSON.stringify({ "us-east-1-gpu": "UNKNOWN" }));
    const first = begin(directory, ["start", "--sandbox", "--alarms", states, "--patience-seconds", "3600", ...quick]);
    await untilLogged(first, directory, (event) => event.type === "gate-seen" && event.verdict === "waiting");
    const other = await rollout(directory, "start");
    expect([other.code, other.errors]).toEqual([
      7,
      expect.stringMatching(/under way: process \d+ on .*rollout status/),
    ]);
    const told = await rollout(directory, "pause", "--why", "lunch", "--by", "ann@desk");
    expect([told.code, told.errors]).toEqual([0, expect.stringContaining("told process")]);
    expect((await first.ended).code).toBe(4);
    expect(entriesOf(directory).at(-1)).toMatchObject({ by: "ann@desk", event: { type: "pause-asked", why: "lunch" } });
    expect((await rollout(directory, "pause")).errors).toMatch(/rollout 4 is paused already/);
    expect(await project.timeouts()).toEqual([90, 60, 60, 60]);

    writeFileSync(states, "{}");
    const second = begin(directory, ["resume", "--sandbox"]);
    await untilLogged(second, directory, (event) => event.type === "update-started" && event.stack === "us-east-2");
    await rollout(directory, "rollback", "--why", "changed my mind");
    expect((await second.ended).code).toBe(3);
    expect(await project.timeouts()).toEqual([60, 60, 60, 60]);
    expect(steps(eventsOf(directory), "return-started")).toEqual(["us-east-2", "us-east-1"]);
    const late = await rollout(directory, "abort");
    expect([late.code, late.errors]).toEqual([1, "error: rollout 4 has ended: rolled-back\n"]);
  });
});

it("begins nothing at a command that there is not, and has no story before the first rollout", async () => {
  const state = ["--state-dir", join(project.directory, "none")];
  const wrong = await rollout(project.directory, "statsu", ...state);
  expect([wrong.code, wrong.errors]).toEqual([
    1,
    "error: there is no command statsu; they are start, plan, pause, resume, rollback, abort, status, log\n",
  ]);
  const story = await rollout(project.directory, "log", ...state);
  expect([story.code, story.output]).toEqual([0, "no rollout was ever begun\n"]);
});

it("plans the repository's own stacks: us-east-1, the other regions, global, with its policies", async () => {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const { code, output } = await rollout(
    root,
    "plan",
    "--json",
    "--width",
    "2",
    "--state-dir",
    join(project.directory, ".rollout"),
  );
  expect(code).toBe(0);
  expect(JSON.parse(output)).toMatchObject({
    waves: [
      { kind: "canary", stacks: ["us-east-1"] },
      { kind: "regions", stacks: ["us-east-2", "us-west-2"] },
      { kind: "last", stacks: ["global"] },
    ],
    equipment: { policyPacks: ["policy-pack"] },
  });
});
