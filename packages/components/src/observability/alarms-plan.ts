/** One alarm over what AWS says of the region, known before any resource exists. */
export interface RegionAlarm {
  /** Part of the logical name. */
  key: string;
  /** Heading in docs/runbooks/observability.md. */
  section: string;
  meaning: string;
  namespace: string;
  metric: string;
  /** Fixed dimensions; a NAT gateway's id is added by `zone`. */
  dimensions: Record<string, string>;
  /** Index of the zone whose NAT gateway is watched. */
  zone?: number;
  /** Whether the metric is compared with its service quota, in percent of it. */
  ofQuota: boolean;
  statistic: "Maximum" | "Sum";
  threshold: number;
  periodSeconds: number;
  periods: number;
}

/** vCPU quotas of what grows, as AWS/Usage names their classes (EC2 user guide, "EC2 usage metrics"). */
const vcpuClasses = [
  { key: "quota-standard", quotaClass: "Standard/OnDemand", what: "standard instances" },
  { key: "quota-gpu", quotaClass: "G/OnDemand", what: "GPU instances on demand" },
  { key: "quota-gpu-spot", quotaClass: "G/Spot", what: "GPU instances from spot" },
];

/**
 * What is watched beside the components' own alarms: NAT gateways and quotas.
 *
 * @param zoneIds zones with a NAT gateway, in order
 * @param quotaPercent share of a quota from which to tell
 */
export function regionAlarms(zoneIds: string[], quotaPercent: number): RegionAlarm[] {
  const nat = (zone: number, key: string, section: string, metric: string, threshold: number, meaning: string) => ({
    key,
    section,
    meaning,
    namespace: "AWS/NATGateway",
    metric,
    dimensions: {},
    zone,
    ofQuota: false,
    statistic: "Sum" as const,
    threshold,
    periodSeconds: 60,
    periods: 5,
  });
  return [
    ...zoneIds.flatMap((zoneId, zone) => [
      nat(
        zone,
        `nat-${zoneId}-ports`,
        "nat-ports",
        "ErrorPortAllocation",
        0,
        `The NAT gateway in ${zoneId} has no ports left for a destination.`,
      ),
      nat(
        zone,
        `nat-${zoneId}-drops`,
        "nat-drops",
        "PacketsDropCount",
        100,
        `The NAT gateway in ${zoneId} drops packets.`,
      ),
    ]),
    ...vcpuClasses.map(({ key, quotaClass, what }) => ({
      key,
      section: key,
      meaning: `More than ${quotaPercent} % of the account's vCPUs for ${what} are used in this region.`,
      namespace: "AWS/Usage",
      metric: "ResourceCount",
      dimensions: { Service: "EC2", Type: "Resource", Resource: "vCPU", Class: quotaClass },
      ofQuota: true,
      statistic: "Maximum" as const,
      threshold: quotaPercent,
      periodSeconds: 300,
      periods: 3,
    })),
  ];
}

/** The rule of a composite alarm: any of these. @param alarms names or ARNs, at least one */
export function anyOf(alarms: readonly string[]): string {
  return alarms.length === 0 ? "FALSE" : alarms.map((alarm) => `ALARM("${alarm}")`).join(" OR ");
}
