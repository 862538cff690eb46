import { givenTimes, type GivenTimeName, type OwnTimes } from "../disaster-recovery/given-times.ts";
import { TimeOrigin } from "../disaster-recovery/times.ts";
import { routerHealthCheck } from "../regional-gpu-cluster/health-checks.ts";
import { secondsToNotice, secondsToRecover } from "../tenant-endpoint/judgement.ts";
import { defaultProbeIntervalSeconds } from "../tenant-endpoint/tenant-endpoint-plan.ts";

/** How long each part of the path takes to notice and to tell. Seconds. */
export interface Timings {
  /** The load balancer's health check: interval, and failures in a row (requirement R101). */
  nlbCheckInterval: number;
  nlbCheckFailures: number;
  /** Until an endpoint's regional name stops answering with a failed zone. */
  zoneLeavesName: number;
  /** Until a zone is back in the name. */
  zoneJoinsName: number;
  /** Until the tenant's probe holds a region bad, and good again. */
  probeNotices: number;
  probeRecovers: number;
  /** From a probe's line to the health check's state: log, metric, alarm, Route 53. */
  alarmDelay: number;
  /** Lifetime of an endpoint's answer in a resolver. */
  dnsTtl: number;
}

/** Timings that no argument decides, and what the recovery plan calls them. */
const given = {
  zoneLeavesName: "zoneLeavesName",
  zoneJoinsName: "zoneJoinsName",
  alarmDelay: "probeToName",
  dnsTtl: "dnsTtl",
} satisfies Partial<Record<keyof Timings, GivenTimeName>>;

/** The timings of a configuration: the same figures that the recovery plan adds up. */
export function timingsOf(probeIntervalSeconds = defaultProbeIntervalSeconds, own: OwnTimes = {}): Timings {
  const times = givenTimes(own);
  const seconds = (key: keyof typeof given) => times(given[key], key).seconds;
  return {
    nlbCheckInterval: routerHealthCheck.intervalSeconds,
    nlbCheckFailures: routerHealthCheck.changes,
    zoneLeavesName: seconds("zoneLeavesName"),
    zoneJoinsName: seconds("zoneJoinsName"),
    probeNotices: secondsToNotice(probeIntervalSeconds),
    probeRecovers: secondsToRecover(probeIntervalSeconds),
    alarmDelay: seconds("alarmDelay"),
    dnsTtl: seconds("dnsTtl"),
  };
}

/** What the drills are run with; the assumed ones are said to be in every report. */
export const defaultTimings: Timings = timingsOf();

/** The timings that no source gives. */
export const assumedTimings = (Object.keys(given) as (keyof typeof given)[]).filter(
  (key) => givenTimes()(given[key], key).origin === TimeOrigin.Assumed,
) as (keyof Timings)[];
