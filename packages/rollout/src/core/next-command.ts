import { dueOutcome, nextReturns, stacksInFlight, touchedStacks } from "./machine.ts";
import { Activity, type Outcome, type Release, type RolloutState, StackStatus } from "./model.ts";

/** What has to be done next. Follows from the state alone, so that a rollout goes on in another process. */
export type Command =
  /** Work is under way; nothing begins until it ends. */
  | { kind: "await" }
  /** Paused or ended. */
  | { kind: "stop" }
  | { kind: "check"; wave: number; stacks: string[]; watch: string[] }
  | { kind: "update"; stacks: string[] }
  | { kind: "watch"; wave: number; watch: string[] }
  /** `release` is null for a stack that has none to go back to. */
  | { kind: "return"; stacks: { stack: string; release: Release | null }[] }
  | { kind: "end"; outcome: Outcome };

export function nextCommand(state: RolloutState): Command {
  if (state.outcome !== undefined || state.paused) return { kind: "stop" };
  if (stacksInFlight(state).length > 0) return { kind: "await" };
  const outcome = dueOutcome(state);
  if (outcome !== undefined) return { kind: "end", outcome };
  const { wave, activity } = state;
  if (activity === Activity.Returning) {
    return { kind: "return", stacks: nextReturns(state).map((stack) => ({ stack, release: state.previous[stack]! })) };
  }
  const { stacks } = state.waves[wave]!;
  switch (activity) {
    case Activity.Checking:
      // A page of a region that is still to come is a reason to wait as well: change and incident do not mix.
      return { kind: "check", wave, stacks, watch: Object.keys(state.stacks) };
    case Activity.Updating:
      return { kind: "update", stacks: stacks.filter((stack) => state.stacks[stack] !== StackStatus.Updated) };
    case Activity.Gating:
      return { kind: "watch", wave, watch: touchedStacks(state) };
    default:
      throw new Error(`no command for ${activity}`);
  }
}
