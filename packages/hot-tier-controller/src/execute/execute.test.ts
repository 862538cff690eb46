import { expect, test } from "vitest";
import { Connections } from "../cluster/connections.ts";
import type { Fleet } from "../cluster/fleet.ts";
import { newMemory } from "../cluster/memory.ts";
import type { Action } from "../model.ts";
import { execute } from "./execute.ts";
import { defaultPace } from "./pace.ts";

/** Executes actions about nodes that do not answer: each fails. Calls of AWS do not. Says what was tried, and what failed. */
async function tried(actions: readonly Action[]): Promise<string[]> {
  const done = () => Promise.resolve();
  const fleet: Fleet = {
    machines: () => Promise.resolve([]),
    capacity: () => Promise.resolve({}),
    setCapacity: done,
    completeLaunch: done,
    completeTermination: done,
    heartbeat: done,
    terminate: done,
  };
  const cluster = {
    nodes: [],
    settled: true,
    openSlots: [],
    moves: [],
    capacity: {},
    backupRunning: false,
    formed: true,
  };
  const outcomes = await execute(
    { actions, alarms: [] },
    { cluster, looks: new Map() },
    {
      fleet,
      connections: new Connections(),
      memory: newMemory(),
      pace: defaultPace,
      migrateAuth: [],
      mayGoOn: () => true,
      onOutcome: () => {},
      onProgress: () => {},
      now: () => 0,
    },
  );
  return outcomes.map(({ action, error }) => `${action.kind}${error === undefined ? "" : " failed"}`);
}

const machine = { instanceId: "i-1", zone: "z1", reason: "" };
const failing: Action = { kind: "replicate", node: "a", primary: "b", reason: "" };
const heartbeat: Action = { kind: "heartbeat", hook: "terminating", ...machine };
const move: Action = { kind: "move-slots", from: "a", to: "b", slots: [[0, 0]], byKeys: false, reason: "" };

test("an action that fails ends what may rely on it, and keeps no hook from its heartbeat: it may fail at every pass", async () => {
  const detach: Action = { kind: "detach", node: "c", reason: "" };
  expect(await tried([failing, detach, heartbeat, move])).toEqual(["replicate failed", "heartbeat"]);
});

test("a call about one machine holds back nothing", async () => {
  const launch: Action = { kind: "complete-launch", ...machine };
  expect(await tried([launch, heartbeat, move])).toEqual(["complete-launch", "heartbeat", "move-slots failed"]);
});

test("a lost shard that cannot be promoted keeps no other one waiting; a hand-over that fails ends the pass", async () => {
  const promote = (mode: "graceful" | "force" | "takeover"): Action => ({
    kind: "failover",
    node: "a",
    mode,
    reason: "",
  });
  expect(await tried([promote("takeover"), promote("force"), promote("force")])).toEqual([
    "failover failed",
    "failover failed",
    "failover failed",
  ]);
  expect(await tried([promote("graceful"), failing])).toEqual(["failover failed"]);
});
