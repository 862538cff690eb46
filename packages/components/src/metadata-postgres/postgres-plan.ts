import { logRetentionProblems } from "../shared/log-retention.ts";
import { type Problem, refuseAll } from "../shared/refusal.ts";
import type { NetworkPlacement } from "../network/placement.ts";
import { Availability, type MetadataPostgresArgs } from "./args.ts";
import { type ParameterSetting, parametersFor } from "./parameters-plan.ts";
import { type DatabaseRole, rolesFor } from "./roles-plan.ts";

/** The plain part of `MetadataPostgresArgs`: what the plan depends on. */
export type PostgresPlanArgs = Omit<MetadataPostgresArgs, "network"> & {
  network: Pick<NetworkPlacement, "region" | "zoneIds">;
};

/** gp3 storage as RDS takes it. */
export interface StoragePlan {
  storageGib: number;
  maxStorageGib?: number;
  /** Left out below 400 GiB, where RDS fixes both. */
  iops?: number;
  throughputMBps?: number;
}

/** A weekly window in UTC, as RDS writes it. */
export type Window = string;

/** Everything about the database that is known before it exists. */
export interface PostgresPlan {
  majorVersion: string;
  availability: Availability;
  instanceClass: string;
  storage: StoragePlan;
  readReplicas: number;
  backupRetentionDays: number;
  /** Daily, well before any maintenance. */
  backupWindow: Window;
  maintenanceWindow: Window;
  /** Of replica 1, 2, ...: days apart from the primary's and each other's, so that readers never lose all copies at once. */
  replicaMaintenanceWindows: Window[];
  databaseName: string;
  parameters: ParameterSetting[];
  roles: DatabaseRole[];
}

/** From this size on RDS stripes gp3 over four volumes and starts at the higher baseline. */
const stripedFromGib = 400;
const striped = { minIops: 12_000, maxIops: 64_000, minThroughputMBps: 500, maxThroughputMBps: 4_000 };
const single = { iops: 3_000, throughputMBps: 125 };
const maxIopsPerGib = 500;
/** Instance classes with local disks, which Multi-AZ clusters need: a `d` after the generation, as in r6gd, r6id and m5d. */
const localDiskClass = /^db\.[a-z]\d[a-z]*d[a-z]*\./;
const maxReplicas = 15;
const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/**
 * Plans the database.
 *
 * @throws PlanRefusedError with everything that RDS would reject or that would lose data
 */
export function postgresPlan(args: PostgresPlanArgs): PostgresPlan {
  const availability = args.availability ?? Availability.Instance;
  const cluster = availability === Availability.Cluster;
  const instanceClass = args.instanceClass ?? (cluster ? "db.r6gd.xlarge" : "db.r6i.xlarge");
  const majorVersion = args.majorVersion ?? "18";
  const readReplicas = args.readReplicas ?? (cluster ? 0 : 1);
  const storage = storagePlan(args, cluster);
  const databaseName = args.databaseName ?? "metadata";
  const roles = rolesFor(args.roles ?? [{ name: "proxy" }]);
  refuseAll([
    ...placementProblems(args, cluster, instanceClass),
    ...storageProblems(args, storage),
    ...lifeProblems(args, cluster, majorVersion, readReplicas),
    ...nameProblems(databaseName, roles),
    ...logRetentionProblems(args.logRetentionDays),
  ]);
  return {
    majorVersion,
    availability,
    instanceClass,
    storage,
    readReplicas,
    backupRetentionDays: args.backupRetentionDays ?? 35,
    backupWindow: "07:00-07:45",
    maintenanceWindow: "sun:09:00-sun:09:45",
    replicaMaintenanceWindows: Array.from({ length: readReplicas }, (_, index) => {
      const day = days[(index % (days.length - 1)) + 1] ?? "mon";
      return `${day}:09:00-${day}:09:45`;
    }),
    databaseName,
    parameters: parametersFor(majorVersion),
    roles,
  };
}

function storagePlan(args: PostgresPlanArgs, cluster: boolean): StoragePlan {
  const storageGib = args.storageGib ?? 500;
  const growth = cluster ? {} : { maxStorageGib: args.maxStorageGib ?? storageGib * 2 };
  if (storageGib < stripedFromGib) {
    return { storageGib, ...growth };
  }
  return {
    storageGib,
    ...growth,
    iops: args.iops ?? striped.minIops,
    throughputMBps: args.throughputMBps ?? striped.minThroughputMBps,
  };
}

function placementProblems(args: PostgresPlanArgs, cluster: boolean, instanceClass: string): Problem[] {
  const zones = args.network.zoneIds.length;
  const zonesNeeded = cluster ? 3 : 2;
  const problems: Problem[] = [];
  if (zones < zonesNeeded) {
    problems.push({
      path: "network.zoneIds",
      value: args.network.zoneIds,
      reason: `Multi-AZ (${cluster ? "cluster" : "instance"}) needs data subnets in ${zonesNeeded} zones and there are ${zones}`,
      mend: "Add a zone to the network.",
    });
  }
  if (cluster && !localDiskClass.test(instanceClass)) {
    problems.push({
      path: "instanceClass",
      value: instanceClass,
      reason: "A Multi-AZ cluster runs on classes with local disks only",
      mend: "Choose one such as db.r6gd.xlarge or db.r6id.xlarge, or availability `instance`.",
    });
  }
  const recovery = args.disasterRecovery;
  if (recovery !== undefined && recovery.region === args.network.region) {
    problems.push({
      path: "disasterRecovery.region",
      value: recovery.region,
      reason: "A copy in the region itself does not survive its loss",
      mend: "Name another region.",
    });
  }
  if (recovery !== undefined && (recovery.subnetIds === undefined) !== (recovery.vpcId === undefined)) {
    problems.push({
      path: "disasterRecovery",
      value: recovery.region,
      reason: "A running replica needs both subnetIds and vpcId",
      mend: "Give both, or neither for copied backups only.",
    });
  }
  if (cluster && recovery?.subnetIds !== undefined) {
    problems.push({
      path: "disasterRecovery.subnetIds",
      value: recovery.region,
      reason: "RDS makes no running replica of a Multi-AZ cluster in another region",
      mend: "Leave subnetIds out to copy the backups, or choose availability `instance`.",
    });
  }
  return problems;
}

function storageProblems(args: PostgresPlanArgs, storage: StoragePlan): Problem[] {
  const { storageGib, maxStorageGib, iops, throughputMBps } = storage;
  const problems: Problem[] = [];
  const check = (holds: boolean, path: keyof PostgresPlanArgs, value: unknown, reason: string, mend: string) => {
    if (!holds) {
      problems.push({ path, value, reason, mend });
    }
  };
  check(
    Number.isInteger(storageGib) && storageGib >= 20 && storageGib <= 65_536,
    "storageGib",
    storageGib,
    "gp3 holds 20 to 65,536 GiB",
    "Choose a whole number of GiB between them.",
  );
  check(
    maxStorageGib === undefined || maxStorageGib >= Math.ceil(storageGib * 1.1),
    "maxStorageGib",
    maxStorageGib,
    `RDS wants it at least 10 % above storageGib, ${Math.ceil(storageGib * 1.1)} GiB`,
    "Raise it, or leave it out for twice the storage.",
  );
  if (iops === undefined || throughputMBps === undefined) {
    const fixed = `Below ${stripedFromGib} GiB gp3 has exactly ${single.iops} IOPS and ${single.throughputMBps} MB/s`;
    const mend = `Leave it out, or take ${stripedFromGib} GiB or more.`;
    check(args.iops === undefined || args.iops === single.iops, "iops", args.iops, fixed, mend);
    const throughput = args.throughputMBps;
    check(throughput === undefined || throughput === single.throughputMBps, "throughputMBps", throughput, fixed, mend);
    return problems;
  }
  const mostIops = Math.min(striped.maxIops, storageGib * maxIopsPerGib);
  check(
    iops >= striped.minIops && iops <= mostIops,
    "iops",
    iops,
    `From ${stripedFromGib} GiB on RDS takes ${striped.minIops} to ${mostIops} IOPS for ${storageGib} GiB of gp3 (correction E37)`,
    `Take ${striped.minIops}, which is included in the price.`,
  );
  check(
    throughputMBps >= striped.minThroughputMBps &&
      throughputMBps <= Math.min(striped.maxThroughputMBps, Math.max(iops, striped.minIops) / 4),
    "throughputMBps",
    throughputMBps,
    `From ${stripedFromGib} GiB on RDS takes ${striped.minThroughputMBps} MB/s to a quarter of the IOPS, at most ${striped.maxThroughputMBps}`,
    "Raise iops with it, or leave both out.",
  );
  return problems;
}

function lifeProblems(args: PostgresPlanArgs, cluster: boolean, majorVersion: string, readReplicas: number): Problem[] {
  const problems: Problem[] = [];
  const retention = args.backupRetentionDays ?? 35;
  if (!["17", "18"].includes(majorVersion)) {
    problems.push({
      path: "majorVersion",
      value: majorVersion,
      reason: "PostgreSQL 17 and 18 are supported here",
      mend: 'Set "18", or "17" where an extension asks for it.',
    });
  }
  if (!(Number.isInteger(retention) && retention >= 1 && retention <= 35)) {
    problems.push({
      path: "backupRetentionDays",
      value: retention,
      reason: "RDS keeps backups for 1 to 35 days; 0 turns point-in-time recovery and replicas off",
      mend: "Choose a number between them.",
    });
  }
  if (!(Number.isInteger(readReplicas) && readReplicas >= 0 && readReplicas <= maxReplicas)) {
    problems.push({
      path: "readReplicas",
      value: readReplicas,
      reason: `RDS has up to ${maxReplicas} replicas of one instance`,
      mend: `Choose a number from 0 to ${maxReplicas}.`,
    });
  }
  if (cluster && readReplicas > 0) {
    problems.push({
      path: "readReplicas",
      value: readReplicas,
      reason: "Both standbys of a Multi-AZ cluster are readable",
      mend: "Leave it out and read from readerEndpoint.",
    });
  }
  if (args.blueGreenUpdates === true && (cluster || readReplicas > 0 || args.disasterRecovery?.subnetIds)) {
    problems.push({
      path: "blueGreenUpdates",
      value: true,
      reason: "RDS does blue/green updates of an instance without replicas, in its own region and in others",
      mend: "Set readReplicas to 0 and leave disasterRecovery.subnetIds out, or leave blueGreenUpdates out.",
    });
  }
  return problems;
}

function nameProblems(databaseName: string, roles: DatabaseRole[]): Problem[] {
  const identifier = /^[a-z][a-z0-9_]{0,62}$/;
  const reserved = new Set(["postgres", "rdsadmin", "rds_iam", "rds_superuser", "public", "dbadmin"]);
  const mend = "Use a lower-case letter, then at most 62 lower-case letters, digits or underscores.";
  const problems: Problem[] = [];
  if (!identifier.test(databaseName) || reserved.has(databaseName)) {
    problems.push({
      path: "databaseName",
      value: databaseName,
      reason: "PostgreSQL or RDS does not take this name",
      mend,
    });
  }
  roles.forEach((role, index) => {
    if (!identifier.test(role.name) || reserved.has(role.name)) {
      problems.push({
        path: `roles[${index}].name`,
        value: role.name,
        reason: "PostgreSQL or RDS does not take this name",
        mend,
      });
    }
    if (roles.findIndex((other) => other.name === role.name) !== index) {
      problems.push({
        path: `roles[${index}].name`,
        value: role.name,
        reason: "Two roles have this name",
        mend: "Name each role once.",
      });
    }
  });
  return problems;
}
