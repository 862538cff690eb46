import { Path } from "./expectations.ts";
import type { LatencyExpectation } from "./expectations.ts";

/** What a row of the report says. */
export const Verdict = {
  Pass: "pass",
  /** Looked at by a person some day: the usual case is as promised, the tail is not. */
  Warn: "warn",
  Fail: "fail",
  /** Measured, but nothing is promised of it here; the row says why. */
  NotJudged: "n/a",
} as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** From best to worst; what was not judged takes nothing away. */
const order: readonly Verdict[] = [Verdict.NotJudged, Verdict.Pass, Verdict.Warn, Verdict.Fail];

/** The worst of several; `n/a` when there is nothing else. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return order[Math.max(0, ...verdicts.map((verdict) => order.indexOf(verdict)))] ?? Verdict.NotJudged;
}

/**
 * Passes when 99 of 100 are within the limit, warns when only half are, fails when not even those are or when the 99th
 * percentile is above the ceiling.
 */
export function judgeLatency(
  measured: { readonly p50Ms: number; readonly p99Ms: number },
  expected: LatencyExpectation,
): Verdict {
  if (measured.p50Ms > expected.limitMs || measured.p99Ms > (expected.ceilingMs ?? Infinity)) {
    return Verdict.Fail;
  }
  return measured.p99Ms <= expected.limitMs ? Verdict.Pass : Verdict.Warn;
}

/** No error passes, few warn, a share of `limit` or more fails. Of nothing at all, all has failed. */
export function judgeErrors(errors: number, operations: number, limit: number): Verdict {
  if (errors === 0 && operations > 0) {
    return Verdict.Pass;
  }
  return errors < limit * operations ? Verdict.Warn : Verdict.Fail;
}

/** Passes when at least the least arrived. */
export function judgeThroughput(bitsPerSecond: number, leastBitsPerSecond: number): Verdict {
  return bitsPerSecond >= leastBitsPerSecond ? Verdict.Pass : Verdict.Fail;
}

/** Why nothing is expected of a path; undefined when something is. */
export function whyNotJudged(path: Path): string | undefined {
  switch (path) {
    case Path.Loopback:
      return "loopback: on this machine itself there is no network to judge";
    case Path.Unknown:
      return "zone unknown: say where this machine is with --from-zone, and list nodes with their zones";
    default:
      return undefined;
  }
}
