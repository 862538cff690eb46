import type { PostgresPlan } from "./postgres-plan.ts";

/** One alarm of an instance. */
export interface AlarmPlan {
  /** Part of the alarm's logical name and of its runbook's link. */
  key: string;
  metric: string;
  statistic: "Average" | "Maximum" | "Minimum";
  /** Whether it fires above the threshold or below it. */
  above: boolean;
  threshold: number;
  periodSeconds: number;
  periods: number;
  meaning: string;
  replicasOnly?: boolean;
}

const gib = 1024 ** 3;

/** What is watched of every instance. Thresholds follow the plan's sizes. */
export function databaseAlarms(plan: PostgresPlan): AlarmPlan[] {
  const minutes = { periodSeconds: 60, periods: 5 };
  return [
    {
      key: "cpu",
      metric: "CPUUtilization",
      statistic: "Average",
      above: true,
      threshold: 80,
      periodSeconds: 60,
      periods: 10,
      meaning: "The processor has been above 80 % for ten minutes.",
    },
    {
      key: "storage",
      metric: "FreeStorageSpace",
      statistic: "Minimum",
      above: false,
      // RDS grows storage when a tenth is left; this fires when that did not happen.
      threshold: Math.floor(plan.storage.storageGib * 0.08 * gib),
      ...minutes,
      meaning: "Less than 8 % of the storage is free, and it has not grown by itself.",
    },
    {
      key: "memory",
      metric: "FreeableMemory",
      statistic: "Minimum",
      above: false,
      threshold: gib,
      ...minutes,
      meaning: "Less than 1 GiB of memory can be freed.",
    },
    {
      key: "read-latency",
      metric: "ReadLatency",
      statistic: "Average",
      above: true,
      // The source documents promise 15 ms at p99 for a whole query; storage alone must stay below.
      threshold: 0.015,
      ...minutes,
      meaning: "Reads from storage take more than 15 ms.",
    },
    {
      key: "disk-queue",
      metric: "DiskQueueDepth",
      statistic: "Average",
      above: true,
      threshold: 64,
      ...minutes,
      meaning: "More than 64 requests wait for storage.",
    },
    {
      key: "transaction-ids",
      metric: "MaximumUsedTransactionIDs",
      statistic: "Maximum",
      above: true,
      threshold: 1_000_000_000,
      ...minutes,
      meaning: "Half of the transaction ids are used: vacuum does not keep up, and PostgreSQL stops at two billion.",
    },
    {
      key: "replica-lag",
      metric: "ReplicaLag",
      statistic: "Maximum",
      above: true,
      threshold: 30,
      ...minutes,
      meaning: "The replica is more than 30 s behind.",
      replicasOnly: true,
    },
  ];
}
