import { replay } from "./machine.ts";
import type { Entry, Release, RolloutState } from "./model.ts";

/** The entries of each rollout, oldest first. */
export function byRollout(entries: readonly Entry[]): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) groups.set(entry.rollout, [...(groups.get(entry.rollout) ?? []), entry]);
  return groups;
}

/** The state of the latest rollout; undefined when there was none. */
export const latestState = (entries: readonly Entry[]): RolloutState | undefined =>
  replay([...byRollout(entries).values()].at(-1) ?? []);

/**
 * The release that each stack is known to be well with: the one whose gate it passed last, or that it was returned to since. A
 * stack that was left at a release which passed no gate keeps the earlier one.
 */
export function lastGood(entries: readonly Entry[]): Map<string, Release> {
  const good = new Map<string, Release>();
  for (const rollout of byRollout(entries).values()) {
    const [first] = rollout;
    if (first?.event.type !== "started") continue;
    const { release, previous, waves } = first.event;
    for (const { event } of rollout) {
      if (event.type === "gate-passed") for (const stack of waves[event.wave]!.stacks) good.set(stack, release);
      const before = event.type === "return-finished" ? previous[event.stack] : undefined;
      if (before && event.type === "return-finished") good.set(event.stack, before);
    }
  }
  return good;
}
