import { setTimeout as sleep } from "node:timers/promises";
import type { Connections, Word } from "../cluster/connections.ts";
import type { Fleet } from "../cluster/fleet.ts";
import type { Look } from "../cluster/look.ts";
import { lookAt } from "../cluster/look.ts";
import { pairKey } from "../cluster/memory.ts";
import type { Memory } from "../cluster/memory.ts";
import type { Observation } from "../cluster/observe.ts";
import type { Action, Plan } from "../model.ts";
import { closeSlot, finishSlot, splitAddress } from "./by-keys.ts";
import { Lanes } from "./lanes.ts";
import { moveSlots } from "./move.ts";
import type { MoveContext, MoveProgress } from "./move.ts";
import type { PaceSettings } from "./pace.ts";

/** What became of one action. */
export interface Outcome {
  readonly action: Action;
  readonly tookMs: number;
  /** The server's or AWS's own words; undefined when it was done. */
  readonly error?: string;
}

export interface ExecuteContext {
  readonly fleet: Fleet;
  readonly connections: Connections;
  readonly memory: Memory;
  readonly pace: PaceSettings;
  /** Words for `MIGRATE`: `AUTH2 name password`, or nothing. */
  readonly migrateAuth: readonly string[];
  /** Asked before each action: false ends the pass. */
  readonly mayGoOn: () => boolean;
  readonly onOutcome: (outcome: Outcome) => void | Promise<void>;
  readonly onProgress: (action: Action, progress: MoveProgress) => void;
  readonly now: () => number;
}

const waitMs = 5_000;
const pollMs = 20;
const firstRetryMs = 5_000;
const longestRetryMs = 300_000;

/**
 * Carries a plan out: one action after the other, moves of slots side by side at the end. An action that fails ends the
 * sequence, because later ones may rely on it; the next pass plans anew from what is there then.
 */
export async function execute(plan: Plan, observation: Observation, context: ExecuteContext): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const moves = plan.actions.filter(({ kind }) => kind === "move-slots");
  const lanes = new Lanes(moves.length);
  const run = async (action: Action): Promise<boolean> => {
    const started = context.now();
    let error: string | undefined;
    try {
      await perform(action, observation, context, lanes);
    } catch (cause) {
      error = cause instanceof Error ? cause.message : String(cause);
    }
    const outcome = { action, tookMs: context.now() - started, ...(error === undefined ? {} : { error }) };
    outcomes.push(outcome);
    await context.onOutcome(outcome);
    return error === undefined;
  };
  let goesOn = true;
  for (const action of plan.actions.filter(({ kind }) => kind !== "move-slots")) {
    if (!context.mayGoOn()) {
      return outcomes;
    }
    // Hooks are kept open whatever fails: an action that fails at every pass must not let them time out.
    if (goesOn || action.kind === "heartbeat") {
      const done = await run(action);
      goesOn &&= done || isIndependent(action);
    }
  }
  if (goesOn && context.mayGoOn()) {
    await Promise.all(moves.map(run));
  }
  return outcomes;
}

/** A call about one machine that fails, such as a throttled one, must not hold back the cluster, nor one lost shard the others. */
function isIndependent(action: Action): boolean {
  return (
    "instanceId" in action ||
    action.kind === "set-capacity" ||
    action.kind === "forget" ||
    (action.kind === "failover" && action.mode !== "graceful")
  );
}

async function perform(action: Action, observation: Observation, context: ExecuteContext, lanes: Lanes): Promise<void> {
  const { fleet, connections } = context;
  const find = (id: string): Look => {
    const look = observation.looks.get(id);
    if (look === undefined) {
      throw new Error(`${id} did not answer in this pass`);
    }
    return look;
  };
  const send = (id: string, ...words: Word[]): Promise<unknown> => connections.send(find(id).machine.address, ...words);
  switch (action.kind) {
    case "set-capacity":
      return fleet.setCapacity(action.zone, action.capacity);
    case "complete-launch":
      return fleet.completeLaunch(action.instanceId);
    case "complete-termination":
      return fleet.completeTermination(action.instanceId);
    case "heartbeat":
      return fleet.heartbeat(action.instanceId, action.hook);
    case "terminate":
      return fleet.terminate(action.instanceId, action.replace);
    case "meet":
      return meet(context, find(action.node), find(action.via));
    case "wipe":
      return empty(context, find(action.node));
    case "forget":
      return forget(observation, context, action.node);
    case "retire":
      await forget(observation, context, action.node);
      return empty(context, find(action.node));
    case "assign-slots":
      await send(action.node, "CLUSTER", "ADDSLOTSRANGE", ...action.slots.flat());
      return;
    case "replicate":
      await send(action.node, "CLUSTER", "REPLICATE", action.primary);
      return;
    case "detach": {
      const node = find(action.node);
      await connections.send(node.machine.address, "CLUSTER", "RESET", "SOFT");
      const host = [...observation.looks.values()].find((look) => look !== node && isMember(observation, look.self.id));
      return host === undefined ? undefined : meet(context, node, host);
    }
    case "failover":
      return failover(context, find(action.node), action.mode);
    case "move-slots":
      return move(
        action,
        find(action.from),
        find(action.to),
        moveContext(action, observation, context, lanes),
        context,
      );
    case "finish-slot":
      return finishSlot(
        moveContext(action, observation, context, lanes),
        find(action.from),
        find(action.to),
        action.slot,
      );
    case "close-slot": {
      const others = primaries(observation).filter((look) => look.self.id !== action.from);
      return closeSlot(moveContext(action, observation, context, lanes), find(action.from), others, action.slot);
    }
  }
}

async function meet(context: ExecuteContext, node: Look, via: Look): Promise<void> {
  const [host, port] = splitAddress(node.machine.address);
  await context.connections.send(via.machine.address, "CLUSTER", "MEET", host, port);
  await until(async () => {
    const now = await lookAt(context.connections, node.machine, 1_000);
    return (now?.lines.length ?? 0) > 1;
  }, `${node.machine.address} to join`);
}

async function failover(context: ExecuteContext, node: Look, mode: "graceful" | "force" | "takeover"): Promise<void> {
  const option = mode === "graceful" ? [] : [mode.toUpperCase()];
  await context.connections.send(node.machine.address, "CLUSTER", "FAILOVER", ...option);
  await until(async () => {
    const now = await lookAt(context.connections, node.machine, 1_000);
    return now?.self.flags.has("master") === true;
  }, `${node.machine.address} to become primary`);
}

/** Members that cannot be reached learn it by gossip: servers pass a forget on, and refuse the id for a minute. */
async function forget(observation: Observation, context: ExecuteContext, id: string): Promise<void> {
  const others = [...observation.looks.values()].filter(
    (look) => look.self.id !== id && look.lines.some((l) => l.id === id),
  );
  const results = await Promise.allSettled(
    others.map((look) => context.connections.send(look.machine.address, "CLUSTER", "FORGET", id)),
  );
  for (const result of results) {
    if (result.status === "rejected" && !/unknown node/i.test(String(result.reason))) {
      throw result.reason;
    }
  }
}

/** Makes a node as new: no data, no acquaintances, another id. Only ever for a node whose data has another owner. */
async function empty(context: ExecuteContext, node: Look): Promise<void> {
  const { address } = node.machine;
  const { connections } = context;
  const now = await lookAt(connections, node.machine, 1_000);
  if (now?.self.flags.has("master") === true && now.keys > 0) {
    // `min-replicas-to-write` refuses FLUSHALL to a primary that has no replica.
    const reply = await connections.send(address, "CONFIG", "GET", "min-replicas-to-write");
    const wanted = Array.isArray(reply) ? String(reply[1]) : "0";
    // Sent together: whoever dies in between leaves no node that takes writes without a replica.
    const results = await connections.pipeline(address, [
      ["CONFIG", "SET", "min-replicas-to-write", 0],
      ["FLUSHALL", "ASYNC"],
      ["CONFIG", "SET", "min-replicas-to-write", wanted],
    ]);
    const failed = results.find((result) => result instanceof Error);
    if (failed !== undefined) {
      throw failed;
    }
  }
  await connections.send(address, "CLUSTER", "RESET", "HARD");
}

async function move(
  action: Extract<Action, { kind: "move-slots" }>,
  from: Look,
  to: Look,
  moving: MoveContext,
  context: ExecuteContext,
): Promise<void> {
  const key = pairKey(action.from, action.to);
  try {
    await moveSlots(moving, from, to, action.slots, action.byKeys);
    context.memory.failures.delete(key);
  } catch (error) {
    const failures = (context.memory.failures.get(key)?.failures ?? 0) + 1;
    const waitFor = Math.min(longestRetryMs, firstRetryMs * 2 ** (failures - 1));
    context.memory.failures.set(key, { failures, retryAt: context.now() + waitFor });
    throw error;
  }
}

function moveContext(action: Action, observation: Observation, context: ExecuteContext, lanes: Lanes): MoveContext {
  return {
    connections: context.connections,
    pace: context.pace,
    paces: context.memory.paces,
    lanes,
    auth: context.migrateAuth,
    primaries: primaries(observation).map((look) => look.machine.address),
    mayGoOn: context.mayGoOn,
    onProgress: (progress) => context.onProgress(action, progress),
  };
}

function primaries(observation: Observation): Look[] {
  return [...observation.looks.values()].filter(
    (look) => look.self.flags.has("master") && isMember(observation, look.self.id),
  );
}

function isMember(observation: Observation, id: string): boolean {
  return observation.cluster.nodes.some((node) => node.id === id && node.member);
}

async function until(test: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + waitMs;
  while (!(await test())) {
    if (performance.now() > deadline) {
      throw new Error(`waited ${waitMs} ms for ${what}`);
    }
    await sleep(pollMs);
  }
}
