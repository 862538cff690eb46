import type { HotTierPlan } from "./hot-tier-plan.ts";

/** Bytes in a MiB. */
const mib = 1024 * 1024;

/** Bounds of what the controller may do by itself, as the parameter `limits` has them. */
export interface ControllerLimits {
  /** Shards that the stack asks for: the controller never goes below. */
  minShards: number;
  maxShards: number;
  maxmemoryBytes: number;
  networkBaselineBitsPerSecond: number;
  nodeTimeoutMs: number;
}

/** How much of the machines the controller may use for moving and saving data, as the parameter `budgets` has it. */
export interface ControllerBudgets {
  migrationBytesPerSecond: number;
  migrationJobBytes: number;
  parallelMigrations: number;
  backupBytesPerSecond: number;
  backupIntervalSeconds: number;
  backupsKept: number;
}

/** The bounds that follow from the plan. */
export function controllerLimits(plan: HotTierPlan): ControllerLimits {
  return {
    minShards: plan.shardPlan.shards,
    maxShards: plan.maxShards,
    maxmemoryBytes: plan.node.memory.maxmemoryMib * mib,
    networkBaselineBitsPerSecond: Math.round(plan.node.type.networkBaselineGbps * 1e9),
    nodeTimeoutMs: plan.nodeTimeoutMs,
  };
}

/**
 * A quarter of the network's baseline for migration and half for a backup, which replicas serve; jobs of 2 GB, because
 * each forks its source.
 */
export function controllerBudgets(plan: HotTierPlan): ControllerBudgets {
  const baselineBytesPerSecond = (plan.node.type.networkBaselineGbps * 1e9) / 8;
  return {
    migrationBytesPerSecond: Math.floor(baselineBytesPerSecond / 4),
    migrationJobBytes: 2_000_000_000,
    parallelMigrations: 4,
    backupBytesPerSecond: Math.floor(baselineBytesPerSecond / 2),
    backupIntervalSeconds: 3600,
    backupsKept: 24,
  };
}
