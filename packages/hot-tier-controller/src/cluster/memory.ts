import type { Pace } from "../execute/pace.ts";
import type { ObservedNode } from "../model.ts";

/** What outlives a pass. Times are of a clock that does not jump. A new controller begins with none and waits accordingly. */
export interface Memory {
  /**
   * By instance: when it first gave no answer, of the looks in a row until now. Not when it was last seen: looks are seconds apart, and one that
   * a fork's stall leaves without an answer must not count as all the time since the look before.
   */
  readonly silentSince: Map<string, number>;
  readonly unsyncedSince: Map<string, number>;
  readonly idleSince: Map<string, number>;
  readonly failures: Map<string, { failures: number; retryAt: number }>;
  /** How much may be moved at once from a node, by its id. */
  readonly paces: Map<string, Pace>;
  formed: boolean;
}

export function newMemory(formed = false): Memory {
  return {
    silentSince: new Map(),
    unsyncedSince: new Map(),
    idleSince: new Map(),
    failures: new Map(),
    paces: new Map(),
    formed,
  };
}

/** Key of a pair of shards in `Memory.failures`. */
export function pairKey(from: string, to: string): string {
  return `${from} ${to}`;
}

/** Since when something is so, in milliseconds: 0 at the first look that finds it so, and when it is not. */
export function lasts(since: Map<string, number>, id: string, isSo: boolean, now: number): number {
  if (!isSo) {
    since.delete(id);
    return 0;
  }
  const first = since.get(id) ?? now;
  since.set(id, first);
  return now - first;
}

/** Machines come and go for as long as the controller lives: what is known of those that went is of no use. */
export function forgetOthers(memory: Memory, nodes: readonly ObservedNode[]): void {
  const ids = new Set(nodes.flatMap(({ id, instanceId }) => [id, instanceId]));
  for (const known of [memory.silentSince, memory.unsyncedSince, memory.idleSince, memory.paces, memory.failures]) {
    for (const key of known.keys()) {
      if (!key.split(" ").every((id) => ids.has(id))) {
        known.delete(key);
      }
    }
  }
}
