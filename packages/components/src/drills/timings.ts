/** How long each part of the path takes to notice and to tell. Seconds. */
export interface Timings {
  /** The load balancer's health check: interval, and failures in a row (requirement R101: 10 s, 2). */
  nlbCheckInterval: number;
  nlbCheckFailures: number;
  /** Until an endpoint's regional name stops answering with a failed zone. AWS publishes no number: assumed. */
  zoneLeavesName: number;
  /** Until a zone is back in the name. Assumed. */
  zoneJoinsName: number;
  /** The tenant's probe: interval, and bad looks in a row (`TenantEndpoint`'s defaults). */
  probeInterval: number;
  probeFailures: number;
  /** From a probe's line to the health check's state: log, metric, alarm, Route 53. AWS publishes no number: assumed. */
  alarmDelay: number;
  /** Lifetime of an endpoint's answer in a resolver: 60 s, which is what aliases to AWS names have. */
  dnsTtl: number;
}

/** What the drills are run with; the assumed ones are said to be in every report. */
export const defaultTimings: Timings = {
  nlbCheckInterval: 10,
  nlbCheckFailures: 2,
  zoneLeavesName: 30,
  zoneJoinsName: 60,
  probeInterval: 10,
  probeFailures: 3,
  alarmDelay: 15,
  dnsTtl: 60,
};

/** The timings that no source gives. */
export const assumedTimings: (keyof Timings)[] = ["zoneLeavesName", "zoneJoinsName", "alarmDelay"];
