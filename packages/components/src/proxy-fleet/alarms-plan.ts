import type { ProxyFleetPlan } from "./proxy-fleet-plan.ts";

/** One alarm of the network load balancer. */
export interface AlarmPlan {
  /** Part of the alarm's logical name and of its runbook's link. */
  key: string;
  metric: string;
  statistic: "Minimum" | "Maximum" | "Sum";
  above: boolean;
  threshold: number;
  minutes: number;
  meaning: string;
  /** What the absence of data means. */
  missing: "breaching" | "notBreaching";
}

/** What is watched of the way in. CPU, nodes and requests are on the dashboards of `Observability`. */
export function fleetAlarms(plan: ProxyFleetPlan): AlarmPlan[] {
  const perZone = Math.floor(plan.minPods / plan.zoneIds.length);
  return [
    {
      key: "few-proxies",
      metric: "HealthyHostCount",
      statistic: "Minimum",
      above: false,
      // The rollout and a node upgrade may each take a tenth.
      threshold: Math.max(1, Math.floor(perZone * 0.75)),
      minutes: 5,
      meaning: `A zone has less than three quarters of its ${perZone} proxies.`,
      missing: "breaching",
    },
    {
      key: "unhealthy-proxies",
      metric: "UnHealthyHostCount",
      statistic: "Maximum",
      above: true,
      threshold: Math.max(1, Math.ceil((plan.maxPods / plan.zoneIds.length) * 0.1)),
      minutes: 10,
      meaning: "More than a tenth of a zone's proxies is unhealthy, for longer than a rollout takes.",
      missing: "notBreaching",
    },
    {
      key: "tls-errors",
      metric: "TargetTLSNegotiationErrorCount",
      statistic: "Sum",
      above: true,
      threshold: 0,
      minutes: 5,
      meaning: "The load balancer cannot agree on TLS with proxies.",
      missing: "notBreaching",
    },
  ];
}
