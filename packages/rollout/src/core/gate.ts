import { AlarmState, type SeenAlarm, type Settings } from "./model.ts";

/** What the gate of one wave knows so far. Times are milliseconds of one clock. */
export interface GateProgress {
  since: number;
  /** The alarms have been seen quiet, without a gap, from here on. */
  quietSince?: number;
}

export type GateDecision =
  | { kind: "wait"; verdict: "green" | "waiting" }
  | { kind: "pass"; quietSeconds: number }
  | { kind: "fail"; reason: string };

const named = (alarms: SeenAlarm[]): string => alarms.map(({ stack, name }) => `${name} (${stack})`).join(", ");

/** Those that are judged: all but the ones that were known to fire. */
const judged = (alarms: readonly SeenAlarm[], { knownAlarms }: Settings): SeenAlarm[] =>
  alarms.filter(({ name }) => !knownAlarms.includes(name));

/** Why a wave may not begin now; undefined when it may. Alarms that nobody can tell are no reason: nothing was changed yet. */
export function reasonToHold(alarms: readonly SeenAlarm[], settings: Settings): string | undefined {
  const firing = judged(alarms, settings).filter(({ state }) => state === AlarmState.Alarm);
  return firing.length === 0 ? undefined : `in alarm before the wave began: ${named(firing)}`;
}

/**
 * Judges one look at the alarms. One in alarm fails the gate at once; all quiet for the whole bake time pass it; anything
 * that cannot be told starts the bake time anew, and fails the gate when patience ends.
 *
 * @param alarms what was seen; none at all counts as silence, because a gate without alarms would stop nothing
 */
export function judge(
  progress: GateProgress,
  alarms: readonly SeenAlarm[],
  now: number,
  settings: Settings,
): { progress: GateProgress; decision: GateDecision } {
  const seen = judged(alarms, settings);
  const firing = seen.filter(({ state }) => state === AlarmState.Alarm);
  if (firing.length > 0) return { progress, decision: { kind: "fail", reason: `in alarm: ${named(firing)}` } };
  const silent = seen.filter(({ state }) => state !== AlarmState.Ok);
  const quiet = seen.length > 0 && silent.length === 0;
  const since = progress.since;
  const quietSince = quiet ? (progress.quietSince ?? now) : undefined;
  const next: GateProgress = quietSince === undefined ? { since } : { since, quietSince };
  if (quietSince !== undefined && now - quietSince >= settings.bakeSeconds * 1000)
    return { progress: next, decision: { kind: "pass", quietSeconds: Math.round((now - quietSince) / 1000) } };
  // A quiet gate is not cut off: its bake time ends by itself.
  if (!quiet && now - since >= settings.patienceSeconds * 1000) {
    const about = seen.length === 0 ? "the stacks name no page alarm" : `nothing is known of ${named(silent)}`;
    return { progress: next, decision: { kind: "fail", reason: `${about}, for ${settings.patienceSeconds} s` } };
  }
  return { progress: next, decision: { kind: "wait", verdict: quiet ? "green" : "waiting" } };
}
