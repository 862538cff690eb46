import { clusterAlarms } from "../hot-tier-redis/alarms-plan.ts";
import {
  type BackupTimes,
  backupTimes,
  controllerTiming,
  longestLookGapSeconds,
} from "../hot-tier-redis/controller-timing.ts";
import { controllerBudgets } from "../hot-tier-redis/controller-plan.ts";
import type { HotTierPlan } from "../hot-tier-redis/hot-tier-plan.ts";
import { replicaLagLimitSeconds } from "../hot-tier-redis/server-config.ts";
import { Failure, type KeptCopy, type RecoveryObjective } from "./args.ts";
import type { GivenTimes } from "./given-times.ts";
import { configured, none, sumOf, type TimeEstimate, TimeOrigin, type TimeTerm } from "./times.ts";

const gib = 1024 ** 3;
const controllerSource = "controller-timing.ts";

/** A cluster, and the data that it is to carry. */
export interface HotTierRecovery {
  plan: HotTierPlan;
  /** Bytes of all shards, one copy each. */
  dataBytes: number;
  /** What the controller's function passes on, when somebody measured it. Default: the backup's budget. */
  functionBytesPerSecond?: number;
  times: GivenTimes;
}

/** What the hot tier keeps where. */
export function hotTierCopies(recovery: HotTierRecovery): KeptCopy[] {
  const { plan } = recovery;
  const { shardPlan, layout } = plan;
  const members = layout.zoneIds.map((zoneId, index) => {
    const nodes = shardPlan.groups.filter((group) => group.zoneId === zoneId).reduce((sum, { nodes: n }) => sum + n, 0);
    return `${zoneId}: ${nodes} members, ${shardPlan.primariesPerZone[index]} of them primaries`;
  });
  const budgets = controllerBudgets(plan);
  const refusal = backupRefusal(recovery);
  const inRegion = [Failure.Node, Failure.Zone, Failure.Controller];
  return [
    {
      part: "hot tier",
      what: `data, ${shardPlan.shards} shards of ${plan.replicasPerShard + 1} copies`,
      where: members.join("; "),
      outlives: inRegion,
      otherwise: "backups",
    },
    {
      part: "hot tier",
      what: refusal === undefined ? "backups" : "backups: none of so large shards",
      where: `S3 in ${plan.region}${plan.snapshotReplicaRegion === undefined ? "" : `, copied to ${plan.snapshotReplicaRegion}`}; ${budgets.backupsKept} generations, one every ${budgets.backupIntervalSeconds} s`,
      outlives:
        refusal === undefined
          ? [...inRegion, ...(plan.snapshotReplicaRegion === undefined ? [] : [Failure.Region])]
          : [],
      otherwise: "the source of the data",
    },
    {
      part: "hot tier",
      what: "the controller's lease and audit trail",
      where: `S3 in ${plan.region}; versioned`,
      outlives: inRegion,
      otherwise: "nothing is lost that a new controller needs: it looks at the cluster",
    },
  ];
}

/** What each failure costs the hot tier. */
export function hotTierObjectives(recovery: HotTierRecovery): RecoveryObjective[] {
  const { plan } = recovery;
  const mostPrimaries = Math.max(...plan.shardPlan.primariesPerZone);
  return [
    {
      failure: Failure.Node,
      part: "hot tier: a primary",
      effect: `writes to 1 of ${plan.shardPlan.shards} shards wait`,
      rto: failover(recovery, 1),
      usual: election(recovery),
      rpo: unreplicated(),
      byItself: true,
      runbook: "runbooks/hot-tier-redis.md#slots-failing",
      gameDay: "node",
    },
    {
      failure: Failure.Node,
      part: "hot tier: redundancy",
      effect: "a shard has one copy less",
      rto: replacement(recovery),
      rpo: none("the other copies serve", "replicasPerShard"),
      byItself: true,
      runbook: "runbooks/hot-tier-redis.md#replicas-missing",
    },
    {
      failure: Failure.Zone,
      part: "hot tier: a zone's primaries",
      effect: `writes to ${mostPrimaries} of ${plan.shardPlan.shards} shards wait`,
      rto: failover(recovery, mostPrimaries),
      usual: election(recovery),
      rpo: unreplicated(),
      byItself: true,
      runbook: "runbooks/hot-tier-redis.md#cluster-failing",
      gameDay: "zone",
    },
    {
      failure: Failure.Controller,
      part: "hot tier: nobody tends it",
      effect: "none for clients: the servers elect by themselves; scaling, replacements and backups wait",
      rto: sumOf(
        configured("until the next call of the function", controllerTiming.scheduleSeconds, controllerSource),
        configured("until the dead one's lease may be taken", controllerTiming.takeoverSeconds, controllerSource),
        configured("until the next look at the lease", controllerTiming.waitSeconds, controllerSource),
      ),
      rpo: none("it keeps nothing that is not in S3 or in the cluster", "decision 032"),
      byItself: true,
      runbook: "runbooks/hot-tier-redis.md#controller-silent",
      gameDay: "controller",
    },
    restored(recovery),
    region(recovery),
    {
      failure: Failure.Key,
      part: "hot tier's key",
      effect: "none for clients: volumes stay open; no machine starts, no backup is written",
      rto: keyBack(recovery.times, clusterAlarmTerm(plan, "actions-failing")),
      rpo: none("the copies in memory and on open volumes are not touched", "AWS KMS: unusable keys and data keys"),
      byItself: false,
      runbook: "disaster-recovery.md#a-key-is-disabled",
    },
  ];
}

/** The cluster could not elect for any of the shards: the controller orders one failover after the other. */
function failover({ plan, times }: HotTierRecovery, shards: number): TimeEstimate {
  const { waitSeconds, electionGraceSeconds } = controllerTiming;
  const patience = plan.nodeTimeoutMs / 1000 + electionGraceSeconds;
  const order = times("orderedFailover", "an ordered failover");
  return sumOf(
    configured("until the controller looks", longestLookGapSeconds, controllerSource),
    configured(
      `the cluster's own time to elect, ${patience} s, in looks of ${waitSeconds} s`,
      Math.ceil(patience / waitSeconds) * waitSeconds,
      "nodeTimeoutMs",
    ),
    {
      ...order,
      what: shards === 1 ? "an ordered failover" : `${shards} ordered failovers of ${order.seconds} s`,
      seconds: shards * order.seconds,
    },
  );
}

function election({ plan, times }: HotTierRecovery): TimeEstimate {
  return sumOf(
    configured("node timeout", plan.nodeTimeoutMs / 1000, "nodeTimeoutMs"),
    times("election", "the cluster elects by itself"),
  );
}

function replacement({ plan, times }: HotTierRecovery): TimeEstimate {
  const bytesPerSecond = (plan.node.type.networkBaselineGbps * 1e9) / 8;
  const gibPerNode = plan.node.memory.maxmemoryMib / 1024;
  return sumOf(
    configured("the server may come back", controllerTiming.replaceAfterSeconds, controllerSource),
    times("launch", "a new machine"),
    configured(
      `a full copy of ${gibPerNode} GiB at the network's baseline`,
      Math.ceil((gibPerNode * gib) / bytesPerSecond),
      "instanceType, maxmemoryPercent",
    ),
  );
}

/** Replication is asynchronous: what a primary had acknowledged and not sent. */
function unreplicated(): TimeEstimate {
  return sumOf(
    configured(
      "a primary without a replica in step takes no writes; with WAIT 1 nothing is lost",
      replicaLagLimitSeconds,
      "min-replicas-max-lag",
    ),
  );
}

/** What a backup's stream gets: the budget, or less where the function passes less on. */
function streamBytesPerSecond({ plan, functionBytesPerSecond = Infinity }: HotTierRecovery): number {
  return Math.min(controllerBudgets(plan).backupBytesPerSecond, functionBytesPerSecond);
}

function timesOf(recovery: HotTierRecovery): BackupTimes {
  const { shards } = recovery.plan.shardPlan;
  const { backupIntervalSeconds } = controllerBudgets(recovery.plan);
  return backupTimes(shards, recovery.dataBytes / shards, streamBytesPerSecond(recovery), backupIntervalSeconds);
}

/** Why the function takes no backup: a shard's stream is one piece and has to fit into a call. */
function backupRefusal(recovery: HotTierRecovery): string | undefined {
  const { shardSeconds, shardsPerCall } = timesOf(recovery);
  if (shardsPerCall > 0) {
    return undefined;
  }
  const { mostBackupSeconds } = controllerTiming;
  const shardGib = recovery.dataBytes / recovery.plan.shardPlan.shards / gib;
  const mostGib = Math.floor((shardGib * mostBackupSeconds) / shardSeconds);
  return `a shard of ${Math.round(shardGib)} GiB takes ${Math.ceil(shardSeconds)} s and a call of the controller's function has ${mostBackupSeconds}: it takes none above ${mostGib} GiB a shard. Spread the data over more shards, or run \`hot-tier serve\` on a machine`;
}

/** Most that is lost when only backups are left. */
function recoveryPoint(recovery: HotTierRecovery): TimeTerm {
  const { plan, dataBytes, functionBytesPerSecond } = recovery;
  const { backupIntervalSeconds } = controllerBudgets(plan);
  const { backupSeconds, shardsPerCall, calls, worstSeconds } = timesOf(recovery);
  const what = `backups of ${Math.ceil(backupSeconds)} s in ${calls} calls of the function, ${shardsPerCall} shards each, one every ${backupIntervalSeconds} s or when the last one is whole: from one's start to the next one's end`;
  const seconds = Math.ceil(worstSeconds);
  if (functionBytesPerSecond !== undefined) {
    return { what, seconds, origin: TimeOrigin.Measured, source: "functionMegabytesPerSecond" };
  }
  const rate = Math.round(streamBytesPerSecond(recovery) / 1e6);
  const least = Math.ceil(dataBytes / plan.shardPlan.shards / 1e6 / controllerTiming.mostBackupSeconds);
  const source = `the function passes on backupBytesPerSecond, ${rate} MB/s. AWS publishes no figure; below ${least} MB/s not one such shard fits into a call. Give what you measured, functionMegabytesPerSecond`;
  return { what, seconds, origin: TimeOrigin.Assumed, source };
}

function restoring({ plan, dataBytes, times }: HotTierRecovery, noticed: TimeTerm[]): TimeEstimate {
  const { backupBytesPerSecond } = controllerBudgets(plan);
  return sumOf(
    ...noticed,
    times("response", "a person decides to restore"),
    times("launch", "new machines"),
    configured(
      `${Math.round(dataBytes / gib)} GiB at ${Math.round(backupBytesPerSecond / 1e6)} MB/s`,
      Math.ceil(dataBytes / backupBytesPerSecond),
      "backupBytesPerSecond",
    ),
  );
}

/** All copies of a shard are gone, or the data is wrong. */
function restored(recovery: HotTierRecovery): RecoveryObjective {
  const { plan } = recovery;
  const missing = backupRefusal(recovery);
  return {
    failure: Failure.Data,
    part: "hot tier: from a backup",
    effect: "keys are missing or wrong",
    ...(missing === undefined
      ? {
          rto: restoring(recovery, [clusterAlarmTerm(plan, "slots-uncovered")]),
          rpo: sumOf(recoveryPoint(recovery)),
        }
      : { missing }),
    byItself: false,
    runbook: "disaster-recovery.md#the-hot-tier-from-a-backup",
    gameDay: "hot-tier-restore",
  };
}

function region(recovery: HotTierRecovery): RecoveryObjective {
  const { plan, times } = recovery;
  const missing =
    plan.snapshotReplicaRegion === undefined
      ? "nothing of it is kept in another region, whose own hot tier serves meanwhile: set snapshotReplicaRegion"
      : backupRefusal(recovery);
  return {
    failure: Failure.Region,
    part: "hot tier: this region's data",
    effect: "the other regions serve from their own hot tiers",
    ...(missing === undefined
      ? {
          rto: restoring(recovery, []),
          rpo: sumOf(recoveryPoint(recovery), times("objectCopied", "until the backup is in the other region")),
        }
      : { missing }),
    byItself: false,
    runbook: "disaster-recovery.md#the-hot-tier-from-a-backup",
  };
}

function clusterAlarmTerm(plan: HotTierPlan, key: string): TimeTerm {
  const minutes = clusterAlarms(plan).find((alarm) => alarm.key === key)?.minutes ?? 0;
  return configured(`the alarm ${key}`, 60 * minutes, "hot tier's alarms");
}

/** A person enables a key again. */
export function keyBack(times: GivenTimes, ...noticed: TimeTerm[]): TimeEstimate {
  return sumOf(...noticed, times("response", "a person enables the key"), times("keyEnabled", "until it works again"));
}
