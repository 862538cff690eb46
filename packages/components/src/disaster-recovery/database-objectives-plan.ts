import { Availability } from "../metadata-postgres/args.ts";
import { databaseAlarms } from "../metadata-postgres/alarms-plan.ts";
import type { PostgresPlan, PostgresPlanArgs } from "../metadata-postgres/postgres-plan.ts";
import { Failure, type KeptCopy, type RecoveryObjective } from "./args.ts";
import type { GivenTimes } from "./given-times.ts";
import { keyBack } from "./hot-tier-objectives-plan.ts";
import { configured, none, sumOf, type TimeEstimate } from "./times.ts";

/** A database and where its copies go. */
export interface DatabaseRecovery {
  region: string;
  plan: PostgresPlan;
  elsewhere: PostgresPlanArgs["disasterRecovery"];
  times: GivenTimes;
}

/** MB/s are of 10^6 bytes, GiB of 2^30. */
const megabytesPerGib = 1024 ** 3 / 1e6;
/** gp3's throughput below 400 GiB, where RDS fixes it. */
const fixedThroughputMBps = 125;

/** What the database keeps where. */
export function databaseCopies({ region, plan, elsewhere }: DatabaseRecovery): KeptCopy[] {
  const standbys = plan.availability === Availability.Cluster ? 2 : 1;
  const running = elsewhere?.subnetIds !== undefined;
  return [
    {
      part: "metadata",
      what: "database",
      where: `a writer and ${standbys} standby${standbys === 1 ? "" : "s"} in zones of their own, synchronous; ${plan.readReplicas} read ${plan.readReplicas === 1 ? "replica" : "replicas"} in ${region}${running ? `; a running replica in ${elsewhere.region}` : ""}`,
      outlives: [Failure.Node, Failure.Zone, Failure.Database],
      otherwise: "backups",
    },
    {
      part: "metadata",
      what: "backups and log",
      where: `S3 in ${region}${elsewhere === undefined || !copiesBackups(plan) ? "" : `, copied to ${elsewhere.region} under a key of that region`}; any second of ${plan.backupRetentionDays} days`,
      outlives: [
        Failure.Node,
        Failure.Zone,
        Failure.Database,
        ...(elsewhere === undefined || !copiesBackups(plan) ? [] : [Failure.Region]),
      ],
      otherwise: "nothing",
    },
  ];
}

/** What each failure costs the database. */
export function databaseObjectives(recovery: DatabaseRecovery): RecoveryObjective[] {
  const { plan, times } = recovery;
  const automatic = sumOf(
    times(
      plan.availability === Availability.Cluster ? "clusterFailover" : "standbyFailover",
      "RDS fails over and the writer's name follows",
    ),
  );
  const synchronous = none("a commit waits for a standby", "availability");
  const failover = {
    effect: "writes and reads of the writer fail; read replicas answer",
    rto: automatic,
    rpo: synchronous,
    byItself: true,
    runbook: "runbooks/metadata-postgres.md",
  };
  return [
    { failure: Failure.Database, part: "metadata: the writer", ...failover, gameDay: "database" },
    { failure: Failure.Zone, part: "metadata: the writer's zone", ...failover },
    {
      failure: Failure.Data,
      part: "metadata: to a second before",
      effect: `rows are missing or wrong; reaches back ${plan.backupRetentionDays} days`,
      rto: restored(recovery),
      rpo: sumOf(times("databaseLog", "what is not in S3 yet")),
      byItself: false,
      runbook: "disaster-recovery.md#the-database-to-a-second",
      gameDay: "database-restore",
    },
    elsewhereObjective(recovery),
    {
      failure: Failure.Key,
      part: "metadata's key",
      effect: "RDS stops the database when it notices; it starts again with the key",
      rto: sumOf(...keyBack(times).terms, times("standbyFailover", "the database starts")),
      rpo: synchronous,
      byItself: false,
      runbook: "disaster-recovery.md#a-key-is-disabled",
    },
  ];
}

/** RDS copies the backups of an instance, and not those of a Multi-AZ cluster. */
function copiesBackups(plan: PostgresPlan): boolean {
  return plan.availability === Availability.Instance;
}

function restored({ plan, times }: DatabaseRecovery): TimeEstimate {
  const { storageGib, throughputMBps = fixedThroughputMBps } = plan.storage;
  return sumOf(
    times("response", "a person chooses the second"),
    times("databaseCreate", "a database from the last daily snapshot"),
    times("databaseReplay", "its log, a day's at most"),
    configured(
      `${storageGib} GiB are read once from S3 at ${throughputMBps} MB/s, until then it is slow`,
      Math.ceil((storageGib * megabytesPerGib) / throughputMBps),
      "storageGib, throughputMBps",
    ),
  );
}

function elsewhereObjective(recovery: DatabaseRecovery): RecoveryObjective {
  const { plan, elsewhere, times } = recovery;
  const common = {
    failure: Failure.Region,
    part: "metadata: this region's",
    effect: "the other regions go on with their own metadata",
    byItself: false,
    runbook: "runbooks/metadata-postgres.md#loss-of-the-region",
  };
  if (elsewhere?.subnetIds !== undefined) {
    const lag = databaseAlarms(plan).find(({ key }) => key === "replica-lag");
    return {
      ...common,
      rto: sumOf(times("response", "a person promotes the replica"), times("databasePromote", "promotion")),
      rpo: sumOf(
        configured(
          "a replica that is further behind has paged",
          (lag?.threshold ?? 0) + (lag?.periodSeconds ?? 0) * (lag?.periods ?? 0),
          "alarm replica-lag",
        ),
      ),
    };
  }
  if (elsewhere !== undefined && copiesBackups(plan)) {
    return {
      ...common,
      rto: restored(recovery),
      rpo: sumOf(times("databaseLogCopied", "what is not in the other region yet")),
    };
  }
  return {
    ...common,
    missing:
      elsewhere === undefined
        ? "no copy is in another region: set disasterRecovery"
        : "RDS copies no backups of a Multi-AZ cluster: choose availability `instance`",
  };
}
