import type { HotTierPlanArgs } from "../hot-tier-redis/node-plan.ts";
import type { PostgresPlanArgs } from "../metadata-postgres/postgres-plan.ts";
import type { OwnTimes } from "./given-times.ts";
import type { TimeEstimate } from "./times.ts";

/** What can fail. */
export const Failure = {
  /** One machine, task or host. */
  Node: "node",
  /** One Availability Zone. */
  Zone: "zone",
  /** A whole region. */
  Region: "region",
  /** The hot tier's controller. */
  Controller: "controller",
  /** A KMS key that is disabled or waits for its deletion. */
  Key: "key",
  /** KMS itself, in one region. */
  KeyService: "key-service",
  /** A name or the front door. */
  Name: "name",
  /** The database's primary. */
  Database: "database",
  /** Data that somebody deleted or spoilt. */
  Data: "data",
  /** A zone's NAT gateway. */
  Gateway: "gateway",
} as const;
/** One of `Failure`. */
export type Failure = (typeof Failure)[keyof typeof Failure];

/** What a region's recovery follows from: the same arguments that its components are created with, as plain data. */
export interface RegionRecoveryArgs {
  /** Such as `us-east-1`. */
  region: string;
  /** Availability Zone IDs, such as `use1-az1`. */
  zoneIds: string[];
  /** The hot tier, as `HotTierRedis` takes it. Default: there is none. */
  hotTier?: Omit<HotTierPlanArgs, "network">;
  /** GiB that a shard holds, one copy. Default: all that `maxmemory` admits. */
  dataGibPerShard?: number;
  /**
   * MB/s that the controller's function passes from a node to S3, by the bytes and times of its `backup-file` log lines. Default: the
   * backup's budget, half of a node's network baseline; AWS publishes no bandwidth of functions.
   */
  functionMegabytesPerSecond?: number;
  /** The metadata database, as `MetadataPostgres` takes it. Default: there is none. */
  metadata?: Omit<PostgresPlanArgs, "network">;
  /** The GPU cluster. Default: there is none. */
  gpu?: {
    /** Hosts that a zone has at least. */
    minPerZone: number;
    /** Hosts that a zone has at most. */
    maxPerZone: number;
    /** Whether the attested key has replicas in other regions. Default: false. */
    multiRegionKey?: boolean;
  };
  /** The proxies. Default: there are none. */
  proxies?: {
    /** Fewest nodes over all zones. */
    minNodes: number;
    /** Most nodes over all zones. */
    maxNodes: number;
  };
  /** Tenants, each with the regions whose service it may use: with two or more, its name fails over. Default: none. */
  tenants?: {
    /** As in the registry. */
    name: string;
    /** Regions whose service it may use. */
    regions: string[];
  }[];
  /** Seconds between two looks of the tenants' probes. Default: that of `TenantEndpoint`. */
  probeIntervalSeconds?: number;
  /** Own measurements in place of what AWS says, or nobody. Default: none. */
  times?: OwnTimes;
}

/** What the front door's recovery follows from. */
export interface FrontDoorRecoveryArgs {
  /** Regions behind it. */
  regions: string[];
  /** Percent that a dial turns at once in an evacuation. Default: that of `mrgc-evacuate`. */
  turnPercent?: number;
  /** Seconds between two turns. Default: that of `mrgc-evacuate`. */
  settleSeconds?: number;
  /** Own measurements in place of what AWS says, or nobody. Default: none. */
  times?: OwnTimes;
}

/** Where something is kept. */
export interface KeptCopy {
  /** Component, such as `hot tier`. */
  part: string;
  /** What is kept, such as `data, 16 shards`. */
  what: string;
  /** Where, with counts. */
  where: string;
  /** Failures that it outlives without a person. */
  outlives: Failure[];
  /** What is left where it does not. */
  otherwise: string;
}

/** How long a failure lasts and what it costs. */
export interface RecoveryObjective {
  /** What fails. */
  failure: Failure;
  /** What is hit, such as `hot tier: a primary`. Unique within a failure. */
  part: string;
  /** What callers see meanwhile. */
  effect: string;
  /** Longest until it is over. Left out: not before its cause is gone, see `missing`. */
  rto?: TimeEstimate;
  /** As it goes mostly, where that is much less. */
  usual?: TimeEstimate;
  /** Most that is lost, as time of writes. Left out: all of it, see `missing`. */
  rpo?: TimeEstimate;
  /** Why `rto` or `rpo` is left out, and what to set. */
  missing?: string;
  /** Whether nobody has to do anything. */
  byItself: boolean;
  /** What to do or where to look: a page below `docs`, with its heading. */
  runbook: string;
  /** Game day that plays it (`npm run drill -- --game-days`). */
  gameDay?: string;
}

/** What is kept where, and what each failure costs. */
export interface DisasterRecoveryPlan {
  /** A region, or `front door`. */
  scope: string;
  /** What is kept where. */
  copies: KeptCopy[];
  /** What each failure costs, in time and in data. */
  objectives: RecoveryObjective[];
}
