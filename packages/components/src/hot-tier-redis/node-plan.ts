import { instanceTypeInZones, type InstanceType } from "../shared/instance-types.ts";
import type { Problem } from "../shared/refusal.ts";
import type { ShardLayout } from "./shard-plan.ts";
import type { NetworkPlacement } from "../network/placement.ts";
import { PlacementStrategy, type HotTierRedisArgs } from "./args.ts";

/** The plain part of `HotTierRedisArgs`: what the plan depends on. */
export type HotTierPlanArgs = Omit<HotTierRedisArgs, "network"> & {
  network: Pick<NetworkPlacement, "region" | "zoneIds">;
};

/** A gp3 volume. */
export interface VolumePlan {
  sizeGib: number;
  iops: number;
  throughputMBps: number;
}

/** Where a node's memory goes, MiB. The shares are measured ones for 128 GiB (docs/components/hot-tier-redis.md). */
export interface MemoryPlan {
  instanceMib: number;
  /** `maxmemory`: the data. */
  maxmemoryMib: number;
  /** Fragmentation, 5 % of the data. */
  fragmentationMib: number;
  /** Pages that a fork copies while a snapshot or rewrite runs under load, 20 % of the data. */
  copyOnWriteMib: number;
  /** `repl-backlog-size`: 1 GiB of 128. */
  backlogMib: number;
  /** Hard limit of `client-output-buffer-limit replica`, for each replica: 4 GiB of 128. */
  replicaBufferMib: number;
}

/** One machine: type, memory and volumes, the same for every node. */
export interface NodePlan {
  type: InstanceType;
  /** `x86_64` or `arm64`. */
  architecture: string;
  memory: MemoryPlan;
  rootVolume: VolumePlan;
  dataVolume: VolumePlan;
}

/** Share of the memory for data unless said: 88 of 128 GiB. */
const defaultMaxmemoryPercent = 68.75;
/** AWS' own rule for its caches: a quarter stays free (correction E27). */
const maxmemoryPercentCeiling = 75;

/** What gp3 volumes start at, and what they can have since 2025 (correction E28). */
const gp3 = {
  minIops: 3000,
  maxIops: 80_000,
  minMBps: 125,
  maxMBps: 2000,
  maxGib: 65_536,
  iopsPerGib: 500,
  iopsPerMBps: 4,
};

/**
 * Sizes a node.
 *
 * @returns the plan and what is wrong with its arguments
 * @throws PlanRefusedError when the type is unknown or not offered in one of the zones
 */
export function nodePlan(args: HotTierPlanArgs, layout: ShardLayout): { node: NodePlan; problems: Problem[] } {
  const type = instanceTypeInZones(args.instanceType ?? "r6i.4xlarge", args.network.region, layout.zoneIds);
  const memory = memoryPlan(type.memoryMib, args.maxmemoryPercent ?? defaultMaxmemoryPercent);
  const dataVolume: VolumePlan = {
    sizeGib: args.dataVolumeGib ?? defaultDataVolumeGib(memory.maxmemoryMib),
    iops: args.dataVolumeIops ?? Math.max(gp3.minIops, Math.min(10_000, type.ebsBaselineIops)),
    throughputMBps:
      args.dataVolumeThroughputMBps ?? Math.max(gp3.minMBps, Math.min(500, Math.floor(type.ebsBaselineMBps))),
  };
  const node: NodePlan = {
    type,
    architecture: type.arch.includes("arm64") ? "arm64" : "x86_64",
    memory,
    rootVolume: { sizeGib: args.rootVolumeGib ?? 50, iops: gp3.minIops, throughputMBps: gp3.minMBps },
    dataVolume,
  };
  const strategy = args.placementStrategy ?? PlacementStrategy.Cluster;
  return {
    node,
    problems: [
      ...placementProblems(type, strategy),
      ...memoryProblems(args, memory, layout.membersPerShard),
      ...volumeProblems(type, node),
    ],
  };
}

function memoryPlan(instanceMib: number, percent: number): MemoryPlan {
  const maxmemoryMib = Math.floor((instanceMib * percent) / 100);
  return {
    instanceMib,
    maxmemoryMib,
    fragmentationMib: Math.ceil(maxmemoryMib * 0.05),
    copyOnWriteMib: Math.ceil(maxmemoryMib * 0.2),
    backlogMib: Math.max(64, Math.floor(instanceMib / 128)),
    replicaBufferMib: Math.max(256, Math.floor(instanceMib / 32)),
  };
}

/**
 * The append-only file's base and its growth until a rewrite (`auto-aof-rewrite-percentage 100`), the rewrite beside it and
 * a snapshot: four times the data and a tenth more, rounded up to 50 GiB.
 */
function defaultDataVolumeGib(maxmemoryMib: number): number {
  return Math.ceil(((maxmemoryMib / 1024) * 4 * 1.1) / 50) * 50;
}

function placementProblems(type: InstanceType, strategy: PlacementStrategy): Problem[] {
  return type.placement.includes(strategy)
    ? []
    : [
        {
          path: "instanceType",
          value: type.type,
          reason: `cannot be launched into a ${strategy} placement group; it admits ${type.placement.join(", ")}`,
          mend: "Choose a type that is not burstable, such as r6i.4xlarge, or another placementStrategy.",
        },
      ];
}

function memoryProblems(args: HotTierPlanArgs, memory: MemoryPlan, members: number): Problem[] {
  const percent = args.maxmemoryPercent ?? defaultMaxmemoryPercent;
  if (!(percent > 0 && percent <= maxmemoryPercentCeiling)) {
    return [
      {
        path: "maxmemoryPercent",
        value: percent,
        reason: `must be above 0 and at most ${maxmemoryPercentCeiling}: a fork needs memory beside the data, or the kernel kills the server (correction E27)`,
        mend: `Choose ${defaultMaxmemoryPercent}, or a larger instance.`,
      },
    ];
  }
  const systemMib = 1024;
  const needed =
    memory.maxmemoryMib +
    memory.fragmentationMib +
    memory.backlogMib +
    (members - 1) * memory.replicaBufferMib +
    systemMib;
  return needed <= memory.instanceMib
    ? []
    : [
        {
          path: "maxmemoryPercent",
          value: percent,
          reason: `leaves no room: data, fragmentation, replication buffers and the system need ${needed} of ${memory.instanceMib} MiB, without any fork`,
          mend: "Choose less, or a larger instance.",
        },
      ];
}

function volumeProblems(type: InstanceType, node: NodePlan): Problem[] {
  const { dataVolume, rootVolume, memory } = node;
  const leastGib = Math.ceil((memory.maxmemoryMib / 1024) * 2);
  const baselineMBps = Math.max(gp3.minMBps, type.ebsBaselineMBps);
  const baselineIops = Math.max(gp3.minIops, type.ebsBaselineIops);
  return [
    ...outside("rootVolumeGib", rootVolume.sizeGib, 8, gp3.maxGib, "GiB", "The image alone needs 8."),
    ...outside(
      "dataVolumeGib",
      dataVolume.sizeGib,
      leastGib,
      gp3.maxGib,
      "GiB",
      `The append-only file and its rewrite are ${leastGib} GiB; ${defaultDataVolumeGib(memory.maxmemoryMib)} leaves room for growth and a snapshot.`,
    ),
    ...outside(
      "dataVolumeThroughputMBps",
      dataVolume.throughputMBps,
      gp3.minMBps,
      Math.min(baselineMBps, gp3.maxMBps),
      "MB/s",
      `${type.type} has an EBS baseline of ${type.ebsBaselineMBps} MB/s, and more is paid for but not delivered (correction E28).`,
    ),
    ...outside(
      "dataVolumeIops",
      dataVolume.iops,
      Math.max(gp3.minIops, dataVolume.throughputMBps * gp3.iopsPerMBps),
      Math.min(baselineIops, gp3.maxIops, Math.max(gp3.minIops, dataVolume.sizeGib * gp3.iopsPerGib)),
      "IOPS",
      `${type.type} has an EBS baseline of ${type.ebsBaselineIops} IOPS; gp3 wants ${gp3.iopsPerMBps} for each MB/s and gives ${gp3.iopsPerGib} for each GiB.`,
    ),
  ];
}

function outside(path: string, value: number, least: number, most: number, unit: string, mend: string): Problem[] {
  return Number.isInteger(value) && value >= least && value <= most
    ? []
    : [{ path, value, reason: `must be a whole number from ${least} to ${most} ${unit}`, mend }];
}
