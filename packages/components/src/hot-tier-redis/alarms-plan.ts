import { metricNamespace } from "./agent-config.ts";
import { controllerBudgets } from "./controller-plan.ts";
import { backupTimes } from "./controller-timing.ts";
import type { HotTierPlan } from "./hot-tier-plan.ts";

/** How an alarm compares, as CloudWatch names it. */
export type Comparison = "GreaterThanThreshold" | "GreaterThanOrEqualToThreshold" | "LessThanThreshold";

/** One alarm, known before any resource exists. */
export interface AlarmPlan {
  /** Part of the logical name and the heading of what to do in docs/runbooks/hot-tier-redis.md. */
  key: string;
  /** What it means, as a person on call reads it. */
  meaning: string;
  namespace: string;
  metric: string;
  statistic: "Average" | "Maximum" | "Minimum";
  comparison: Comparison;
  threshold: number;
  /** Minutes in a row. */
  minutes: number;
  /** What silence means. Default: nothing. */
  missing?: "breaching" | "notBreaching";
  /** Whether people are told; the controller always is. */
  people: boolean;
}

/** Bytes in a MiB. */
const mib = 1024 * 1024;

/** Network use above which a node is about to lose its burst, share of the baseline (R66, correction E32). */
const networkShare = 0.8;

/**
 * The cluster's alarms. Each watches one figure over all nodes, its worst where a single node matters, so that their number does
 * not grow with the cluster; the same metric by `InstanceId` names the node. Thresholds and minutes of the first five are the source documents' (R66, R67).
 */
export function clusterAlarms(plan: HotTierPlan): AlarmPlan[] {
  const baselineBytesPerSecond = (plan.node.type.networkBaselineGbps * 1e9) / 8;
  return [
    load("cpu-high", "Processors above 70 %: the controller adds a tenth", "CPUUtilization", "Average", ">", 70, 5),
    load(
      "cpu-low",
      "Processors below 40 %: the controller may take a tenth away",
      "CPUUtilization",
      "Average",
      "<",
      40,
      15,
    ),
    load(
      "memory-high",
      "Data above 85 % of maxmemory on a node: the controller adds shards",
      "ServerMemoryUtilization",
      "Maximum",
      ">",
      85,
      3,
    ),
    load(
      "network-high",
      "Nodes send more than 80 % of their network baseline",
      "NetworkBytesOut",
      "Average",
      ">",
      networkShare * baselineBytesPerSecond,
      5,
    ),
    trouble(
      "machine-memory",
      "A machine has less than 5 % of its memory left: a fork may fail",
      "MemoryUtilization",
      "Maximum",
      ">",
      95,
      3,
    ),
    trouble(
      "data-volume",
      "A data volume is above 80 %: the next rewrite may not fit",
      "DataVolumeUtilization",
      "Maximum",
      ">",
      80,
      5,
    ),
    trouble("server-down", "A server does not answer on its own machine", "ServerUp", "Minimum", "<", 1, 3),
    trouble("cluster-failing", "A node sees the cluster as failed", "ClusterFailing", "Maximum", ">=", 1, 2),
    trouble("slots-failing", "Slots have a primary that is failing", "SlotsFailing", "Maximum", ">", 0, 2),
    trouble("replicas-missing", "A shard has too few replicas", "ReplicasMissing", "Maximum", ">", 0, 15),
    trouble("replication-broken", "A replica has lost its primary", "ReplicationBroken", "Maximum", ">=", 1, 5),
    trouble(
      "replication-lag",
      "A replica has not heard from its primary for 10 s",
      "ReplicationLagSeconds",
      "Maximum",
      ">",
      10,
      5,
    ),
    trouble(
      "persistence-failing",
      "A node cannot write or rewrite its append-only file",
      "PersistenceFailing",
      "Maximum",
      ">=",
      1,
      2,
    ),
    trouble("slots-uncovered", "The controller sees slots that nobody serves", "SlotsUncovered", "Maximum", ">", 0, 1),
    trouble("last-copy", "A shard has a single live copy", "LiveCopiesMinimum", "Minimum", "<", 2, 10),
    trouble("zone-duplicates", "Two members of a shard lie in one zone", "ZoneDuplicates", "Maximum", ">", 0, 30),
    trouble("actions-failing", "The controller's actions fail", "ActionsFailed", "Maximum", ">", 0, 3),
    trouble(
      "controller-refuses",
      "The controller refuses to act, and its log says why",
      "Refusals",
      "Maximum",
      ">",
      0,
      1,
    ),
    trouble(
      "backup-age",
      "The last complete backup is older than backups of full shards ever are",
      "BackupAgeSeconds",
      "Maximum",
      ">",
      oldestBackupSeconds(plan),
      5,
    ),
    {
      ...trouble(
        "controller-silent",
        "The controller has not run for 5 minutes",
        "ReconcileSeconds",
        "Maximum",
        ">",
        300,
        5,
      ),
      missing: "breaching",
    },
  ];
}

/** Two intervals, or what backups of full shards take at worst. */
function oldestBackupSeconds(plan: HotTierPlan): number {
  const { backupIntervalSeconds, backupBytesPerSecond } = controllerBudgets(plan);
  const shardBytes = plan.node.memory.maxmemoryMib * mib;
  const { shards } = plan.shardPlan;
  const full = backupTimes(shards, shardBytes, backupBytesPerSecond, backupIntervalSeconds);
  return Math.max(2 * backupIntervalSeconds, full.shardsPerCall === 0 ? 0 : Math.ceil(full.worstSeconds));
}

/** Alarms that stop a rolling replacement and roll it back. */
export const replacementGuards = ["cluster-failing", "slots-uncovered"];

const comparisons: Record<">" | ">=" | "<", Comparison> = {
  ">": "GreaterThanThreshold",
  ">=": "GreaterThanOrEqualToThreshold",
  "<": "LessThanThreshold",
};

type Figures = [
  metric: string,
  statistic: AlarmPlan["statistic"],
  comparison: keyof typeof comparisons,
  threshold: number,
  minutes: number,
];

function load(key: string, meaning: string, ...figures: Figures): AlarmPlan {
  return { ...trouble(key, meaning, ...figures), people: false };
}

function trouble(key: string, meaning: string, ...figures: Figures): AlarmPlan {
  const [metric, statistic, comparison, threshold, minutes] = figures;
  return {
    key,
    meaning,
    namespace: metricNamespace,
    metric,
    statistic,
    comparison: comparisons[comparison],
    threshold,
    minutes,
    people: true,
  };
}
