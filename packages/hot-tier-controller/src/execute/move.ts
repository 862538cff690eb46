import { setTimeout as sleep } from "node:timers/promises";
import type { Connections } from "../cluster/connections.ts";
import type { Look } from "../cluster/look.ts";
import { parseInfo } from "../cluster/parse.ts";
import { countSlots, listSlots, subtractRanges, takeSlots } from "../slots.ts";
import type { SlotRange } from "../slots.ts";
import { moveAtomically } from "./atomic.ts";
import { moveByKeys } from "./by-keys.ts";
import type { Lanes } from "./lanes.ts";
import { LatencyProbe } from "./latency-probe.ts";
import { Pace } from "./pace.ts";
import type { PaceSettings } from "./pace.ts";

/** Where a move stands. */
export interface MoveProgress {
  readonly movedSlots: number;
  readonly totalSlots: number;
  readonly bytesPerSecond: number;
  /** Undefined before the first job. */
  readonly secondsLeft?: number;
}

export interface MoveContext {
  readonly connections: Connections;
  readonly pace: PaceSettings;
  /** What was learnt of each source, by its id: the next move begins where the last one ended. */
  readonly paces: Map<string, Pace>;
  /** Shared by all moves that go on side by side. */
  readonly lanes: Lanes;
  /** Credentials for `MIGRATE`, which logs in at the destination by itself. */
  readonly auth: readonly string[];
  readonly primaries: readonly string[];
  readonly onProgress: (progress: MoveProgress) => void;
  /** Asked between jobs: a controller that lost its lease stops here. */
  readonly mayGoOn: () => boolean;
}

/** Slots that are open at the same time while they move key by key. */
const openSlotsAtOnce = 32;

/**
 * Moves slots in jobs whose size and number side by side follow the latency that the source shows meanwhile.
 *
 * @throws Error when the server reports a failed job; what moved before stays moved.
 */
export async function moveSlots(
  context: MoveContext,
  from: Look,
  to: Look,
  slots: readonly SlotRange[],
  byKeys: boolean,
): Promise<void> {
  const { lanes } = context;
  const pace = paceOf(context, from);
  const total = countSlots(slots);
  const bytesPerSlot = Number(from.info.get("used_memory_dataset") ?? 0) / Math.max(1, countSlots(from.self.slots));
  const started = performance.now();
  const byKey = byKeys || from.dialect === "keys";
  let rest = [...slots];
  while (rest.length > 0 && context.mayGoOn()) {
    await lanes.enter();
    const job = takeSlots(rest, byKey ? openSlotsAtOnce : pace.slots);
    const jobStarted = performance.now();
    let slow = true;
    try {
      slow = byKey
        ? await moveByKeys(context, from, to, listSlots(job), pace)
        : await moveWatched(context, from, to, job, pace);
    } finally {
      lanes.leave(slow);
    }
    rest = subtractRanges(rest, job);
    const now = performance.now();
    const moved = total - countSlots(rest);
    context.onProgress({
      movedSlots: moved,
      totalSlots: total,
      bytesPerSecond: (bytesPerSlot * moved * 1_000) / (now - started),
      secondsLeft: ((now - started) / 1_000 / moved) * (total - moved),
    });
    await sleep(pace.pauseMs(bytesPerSlot * countSlots(job), now - jobStarted));
  }
}

/** One atomic job, watched as a client that writes to its slots sees it. */
async function moveWatched(
  context: MoveContext,
  from: Look,
  to: Look,
  job: readonly SlotRange[],
  pace: Pace,
): Promise<boolean> {
  const { connections } = context;
  const { address } = from.machine;
  const probe = new LatencyProbe(connections, address, to.machine.address, job[0]?.[0] ?? 0);
  try {
    await moveAtomically(context, from, to, job, probe);
  } finally {
    await probe.stop();
  }
  const stats = parseInfo(await connections.text(address, "INFO", "stats"));
  return pace.afterJob(probe.worstMs, forkMs(stats));
}

function paceOf(context: MoveContext, from: Look): Pace {
  const known = context.paces.get(from.self.id);
  if (known !== undefined) {
    return known;
  }
  const keysPerSlot = from.keys / Math.max(1, countSlots(from.self.slots));
  const pace = new Pace(context.pace, { keysPerSlot, forkMs: forkMs(from.info) });
  context.paces.set(from.self.id, pace);
  return pace;
}

function forkMs(info: ReadonlyMap<string, string>): number {
  return Number(info.get("latest_fork_usec") ?? 0) / 1_000;
}
