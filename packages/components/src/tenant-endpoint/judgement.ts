/**
 * Seconds that an endpoint is judged by at a time. Route 53 follows alarms on metrics of standard resolution only, one figure a
 * minute (AlarmIdentifier of its API reference): more looks in it make the judgement sooner and surer, not its minute shorter.
 */
export const judgedSeconds = 60;

/** Share of a minute's looks that has to be good. */
export const goodShare = 0.5;

/** Minutes in a row with too few good looks that turn a name away: at least two bad looks, however few there are in a minute. */
export function badMinutes(probeIntervalSeconds: number): number {
  return looksOfAMinute(probeIntervalSeconds) < 2 ? 2 : 1;
}

/** Seconds from an endpoint's end until it is judged bad, at worst: just enough of a minute's looks were good before. */
export function secondsToNotice(probeIntervalSeconds: number): number {
  const minutes = 1 + badMinutes(probeIntervalSeconds);
  return judgedSeconds * minutes - (goodLooks(probeIntervalSeconds) - 1) * probeIntervalSeconds;
}

/** Seconds from an endpoint's return until it is judged good, at worst: one look too few was left of a minute. */
export function secondsToRecover(probeIntervalSeconds: number): number {
  return judgedSeconds + goodLooks(probeIntervalSeconds) * probeIntervalSeconds;
}

/** Good looks that make a minute good. */
function goodLooks(probeIntervalSeconds: number): number {
  return Math.ceil(looksOfAMinute(probeIntervalSeconds) * goodShare);
}

function looksOfAMinute(probeIntervalSeconds: number): number {
  return judgedSeconds / probeIntervalSeconds;
}
