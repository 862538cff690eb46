/** What a GPU host must have. */
export interface GpuRequirements {
  /** GPUs of a host. Default: 1. */
  minGpus?: number;
  /** Memory of all GPUs of a host together, MiB. Default: any. */
  minGpuMemoryMib?: number;
  /** Network bandwidth that a host can always count on, Gbit/s; what it bursts to does not count. Default: any. */
  minNetworkBaselineGbps?: number;
}

/** A targeted on-demand capacity reservation. It is of one zone and one type. */
export interface GpuReservation {
  /** Such as `cr-0123456789abcdef0`. */
  id: string;
  /** Such as `use1-az1`. */
  zoneId: string;
  /** EC2 type that it holds; one of the cluster's. */
  instanceType: string;
  /** Instances that it holds. */
  instanceCount: number;
}

/** How EC2 places the hosts of a group. */
export const GpuPlacementStrategy = {
  /** Close together, for bandwidth; correlated failures. Lives in one zone. */
  Cluster: "cluster",
  /** Seven sets of racks a zone. */
  Partition: "partition",
  /** A rack each; seven hosts a zone. */
  Spread: "spread",
} as const;
export type GpuPlacementStrategy = (typeof GpuPlacementStrategy)[keyof typeof GpuPlacementStrategy];

/** A placement group and the zones whose hosts it takes. */
export interface GpuPlacementGroup {
  /** Part of its name: lower-case letters, digits and hyphens. */
  key: string;
  /** How its hosts lie to each other. */
  strategy: GpuPlacementStrategy;
  /** Zones whose hosts go into it; exactly one with `cluster`. */
  zoneIds: string[];
}

/** A change of the on-demand hosts' number at a fixed time. */
export interface GpuSchedule {
  /** Part of its name: lower-case letters, digits and hyphens. */
  key: string;
  /** Five fields of cron, such as `0 8 * * MON-FRI`. */
  recurrence: string;
  /** Such as `Europe/Zurich`. Default: UTC. */
  timeZone?: string;
  /** On-demand hosts per zone from then on at least. */
  minPerZone: number;
}

/** Whether the fleet is scaled by forecast. */
export const PredictiveScaling = {
  /** No forecast. */
  Off: "off",
  /** Forecasts are shown and nothing is done. */
  ForecastOnly: "forecast-only",
  /** Hosts are started ahead of the forecast; never stopped by it. */
  ForecastAndScale: "forecast-and-scale",
} as const;
export type PredictiveScaling = (typeof PredictiveScaling)[keyof typeof PredictiveScaling];
