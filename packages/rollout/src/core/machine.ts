/** The state machine: an event on a state gives the next state, or is refused. Pure; no clock, no file, no network. */
import {
  Activity,
  type Entry,
  Outcome,
  type RolloutEvent,
  type RolloutState,
  StackStatus,
  type Wave,
} from "./model.ts";

/** An event that the state does not allow: a fault of the program, or a log that somebody edited. */
export class IllegalEvent extends Error {}

/** An operator's word that makes no sense now. The message says what does. */
export class RefusedRequest extends Error {}

const inFlight: ReadonlySet<StackStatus> = new Set([StackStatus.Updating, StackStatus.Returning]);
const untouched: ReadonlySet<StackStatus> = new Set([StackStatus.Pending, StackStatus.Returned, StackStatus.Stranded]);

export const stacksInFlight = (state: RolloutState): string[] =>
  Object.keys(state.stacks).filter((stack) => inFlight.has(state.stacks[stack]!));

/** Stacks that this rollout has changed, or may have, and that are not back: what a rollback is about. */
export const touchedStacks = (state: RolloutState): string[] =>
  Object.keys(state.stacks).filter((stack) => !untouched.has(state.stacks[stack]!));

/** Of the stacks that can still go back, those of the latest wave: the way back is the way there, reversed. */
export function nextReturns(state: RolloutState): string[] {
  const due = (wave: Wave) =>
    wave.stacks.filter(
      (stack) => !untouched.has(state.stacks[stack]!) && state.stacks[stack] !== StackStatus.ReturnFailed,
    );
  return state.waves.map(due).findLast((stacks) => stacks.length > 0) ?? [];
}

function begin(entry: Entry): RolloutState {
  const { event } = entry;
  if (event.type !== "started") throw new IllegalEvent(`a rollout begins with "started", not with "${event.type}"`);
  return {
    id: entry.rollout,
    release: event.release,
    previous: event.previous,
    waves: event.waves,
    settings: event.settings,
    equipment: event.equipment,
    startedAt: entry.at,
    startedBy: entry.by,
    stacks: Object.fromEntries(
      event.waves.flatMap(({ stacks }) => stacks).map((stack) => [stack, StackStatus.Pending]),
    ),
    wave: 0,
    activity: Activity.Checking,
    paused: false,
  };
}

/** Sets one stack's status; it has to have one of `from` now. */
function move(state: RolloutState, stack: string, from: StackStatus[], to: StackStatus): RolloutState {
  const status = state.stacks[stack];
  if (status === undefined || !from.includes(status))
    throw new IllegalEvent(`stack ${stack} is ${status ?? "no part of the rollout"}; it cannot become ${to}`);
  return { ...state, stacks: { ...state.stacks, [stack]: to } };
}

function withoutGate(state: RolloutState): RolloutState {
  const rest = { ...state };
  delete rest.gate;
  return rest;
}

/** What follows once nothing is under way: the next activity, and the operator's word that waited for it. */
function settle(state: RolloutState): RolloutState {
  if (stacksInFlight(state).length > 0 || state.asked === "abort") return state;
  const { asked, ...rest } = state;
  if (asked === "rollback") return { ...withoutGate(rest), activity: Activity.Returning };
  const next = followUp(rest);
  return asked === "pause" ? { ...next, paused: true } : next;
}

function followUp(state: RolloutState): RolloutState {
  if (state.activity === Activity.Updating) {
    const { stacks } = state.waves[state.wave]!;
    if (stacks.some((stack) => state.stacks[stack] === StackStatus.UpdateFailed))
      return { ...state, activity: Activity.Returning };
    const done = stacks.every((stack) => state.stacks[stack] === StackStatus.Updated);
    return done ? { ...state, activity: Activity.Gating } : state;
  }
  if (state.activity === Activity.Returning && nextReturns(state).length === 0) {
    const failed = touchedStacks(state);
    if (failed.length > 0) return { ...state, paused: true, reason: `the way back failed for ${failed.join(", ")}` };
  }
  return state;
}

function allow(allowed: boolean, event: RolloutEvent, state: RolloutState): void {
  if (!allowed)
    throw new IllegalEvent(
      `"${event.type}" does not fit a rollout that is ${state.paused ? "paused while " : ""}${state.activity} in wave ${state.wave + 1}`,
    );
}

function refuse(what: string): never {
  throw new RefusedRequest(what);
}

/** Events that only an operator causes. They are possible while work is under way; what they ask for waits for its end. */
function ask(state: RolloutState, event: RolloutEvent): RolloutState | undefined {
  switch (event.type) {
    case "pause-asked":
      if (state.paused) refuse(`rollout ${state.id} is paused already`);
      if (state.asked === "abort") refuse(`rollout ${state.id} is being aborted`);
      if (state.asked === "rollback")
        refuse(`rollout ${state.id} goes back once what is under way has ended; it can be paused then`);
      return settle({ ...withoutGate(state), asked: "pause", reason: event.why });
    case "rollback-asked":
      if (state.asked === "abort") refuse(`rollout ${state.id} is being aborted`);
      if (state.activity === Activity.Returning && !state.paused)
        refuse(`rollout ${state.id} is on its way back already`);
      return settle({ ...retryReturns(state), paused: false, asked: "rollback", reason: event.why });
    case "abort-asked":
      return { ...withoutGate(state), paused: false, asked: "abort", reason: event.why };
    case "resumed": {
      if (!state.paused) refuse(`rollout ${state.id} is not paused`);
      const { reason, ...rest } = retryReturns(state);
      return { ...rest, paused: false, ...(state.activity === Activity.Returning ? { reason } : {}) };
    }
    default:
      return undefined;
  }
}

/** A return that failed is tried again when an operator says so. */
const retryReturns = (state: RolloutState): RolloutState => ({
  ...state,
  stacks: Object.fromEntries(
    Object.entries(state.stacks).map(([stack, status]) => [
      stack,
      status === StackStatus.ReturnFailed ? StackStatus.Interrupted : status,
    ]),
  ),
});

const toUpdate: StackStatus[] = [StackStatus.Pending, StackStatus.Interrupted];
const toReturn: StackStatus[] = [StackStatus.Updated, StackStatus.UpdateFailed, StackStatus.Interrupted];

/**
 * The state after an entry; `undefined` is the state before the first.
 *
 * @throws IllegalEvent when the entry cannot follow
 * @throws RefusedRequest when it is an operator's word that makes no sense now
 */
export function evolve(state: RolloutState | undefined, entry: Entry): RolloutState {
  const { event } = entry;
  if (state === undefined) return begin(entry);
  if (state.outcome !== undefined) {
    if (event.type.endsWith("asked") || event.type === "resumed")
      refuse(`rollout ${state.id} has ended: ${state.outcome}`);
    throw new IllegalEvent(`"${event.type}" comes after the end of rollout ${state.id}`);
  }
  const asked = ask(state, event);
  if (asked !== undefined) return asked;
  const at = (activity: Activity, wave = state.wave): boolean =>
    state.activity === activity && wave === state.wave && !state.paused;
  const free = state.asked === undefined;
  switch (event.type) {
    case "check-passed":
      allow(at(Activity.Checking, event.wave) && free, event, state);
      return { ...state, activity: Activity.Updating };
    case "check-failed":
      allow(at(Activity.Checking, event.wave) && free, event, state);
      return { ...state, paused: true, reason: event.reason };
    case "update-started": {
      const inWave = state.waves[state.wave]?.stacks.includes(event.stack) === true;
      allow(at(Activity.Updating) && free && inWave, event, state);
      return move(state, event.stack, toUpdate, StackStatus.Updating);
    }
    case "update-finished":
      return settle(move(state, event.stack, [StackStatus.Updating], StackStatus.Updated));
    case "update-failed": {
      const failed = move(state, event.stack, [StackStatus.Updating], StackStatus.UpdateFailed);
      return settle({ ...failed, reason: `the update of ${event.stack} failed` });
    }
    case "gate-seen":
      allow(at(Activity.Gating, event.wave) && free, event, state);
      return { ...state, gate: { verdict: event.verdict, alarms: event.alarms } };
    case "gate-passed": {
      allow(at(Activity.Gating, event.wave) && free && state.gate?.verdict === "green", event, state);
      const wave = state.wave + 1;
      const activity = wave === state.waves.length ? Activity.Finishing : Activity.Checking;
      return { ...withoutGate(state), wave, activity };
    }
    case "gate-failed":
      allow(at(Activity.Gating, event.wave) && free, event, state);
      return { ...withoutGate(state), activity: Activity.Returning, reason: event.reason };
    case "return-started":
      allow(at(Activity.Returning) && free, event, state);
      return move(state, event.stack, toReturn, StackStatus.Returning);
    case "return-finished":
      return settle(move(state, event.stack, [StackStatus.Returning], StackStatus.Returned));
    case "return-failed":
      return settle(move(state, event.stack, [StackStatus.Returning], StackStatus.ReturnFailed));
    case "return-impossible":
      allow(at(Activity.Returning) && free && state.previous[event.stack] === null, event, state);
      return settle(move(state, event.stack, toReturn, StackStatus.Stranded));
    case "interrupted":
      return settle(move(state, event.stack, [...inFlight], StackStatus.Interrupted));
    case "taken-over": {
      const cut = event.stacks.reduce((now, stack) => move(now, stack, [...inFlight], StackStatus.Interrupted), state);
      return settle(withoutGate(cut));
    }
    case "ended":
      allow(event.outcome === dueOutcome(state), event, state);
      return { ...state, outcome: event.outcome };
    default:
      throw new IllegalEvent(`"${event.type}" comes in the middle of rollout ${state.id}`);
  }
}

/** How the rollout ends, when there is nothing left to do; undefined while there is. */
export function dueOutcome(state: RolloutState): Outcome | undefined {
  if (stacksInFlight(state).length > 0 || state.paused) return undefined;
  if (state.asked === "abort") return Outcome.Aborted;
  if (state.asked !== undefined) return undefined;
  if (state.activity === Activity.Finishing) return Outcome.Succeeded;
  if (state.activity !== Activity.Returning || touchedStacks(state).length > 0) return undefined;
  return Object.values(state.stacks).includes(StackStatus.Stranded) ? Outcome.Stranded : Outcome.RolledBack;
}

/** The state that a rollout's entries add up to. */
export const replay = (entries: readonly Entry[]): RolloutState | undefined =>
  entries.reduce<RolloutState | undefined>(evolve, undefined);
