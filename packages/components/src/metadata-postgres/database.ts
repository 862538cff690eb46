import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { serviceRole } from "../building-blocks/service-role.ts";
import { named, type Tags } from "../shared/tags.ts";
import { Availability, type MetadataPostgresArgs } from "./args.ts";
import { type MasterSecret, masterUser } from "./master-secret.ts";
import type { PostgresPlan } from "./postgres-plan.ts";

/** Port of PostgreSQL. */
export const postgresPort = 5432;

/** Seconds between two readings of the operating system's metrics. */
const monitoringIntervalSeconds = 15;
/** Days of Performance Insights: 7 are free, 465 come with the advanced mode of Database Insights. */
const performanceInsightsDays = 7;

/** What the database stands on. */
export interface DatabaseParts {
  subnetGroupName: pulumi.Input<string>;
  securityGroupId: pulumi.Input<string>;
  parameterGroupName: pulumi.Input<string>;
  kmsKeyArn: pulumi.Input<string>;
  monitoringRoleArn: pulumi.Input<string>;
  masterSecret: MasterSecret;
  deletionProtection: boolean;
  tags: Tags;
}

/** A database that runs: one instance with its standby, or a cluster. */
export interface Database {
  resource: aws.rds.Instance | aws.rds.Cluster;
  arn: pulumi.Output<string>;
  identifier: pulumi.Output<string>;
  /** Id that IAM's `rds-db:connect` names, such as `db-ABC123`. */
  resourceId: pulumi.Output<string>;
  /** Host name that always means the writer. */
  writerEndpoint: pulumi.Output<string>;
  /** Host name of the readable standbys; only a cluster has one. */
  readerEndpoint?: pulumi.Output<string>;
}

/** The role that sends the operating system's metrics. */
export function createMonitoringRole(name: string, tags: Tags, parent: pulumi.Resource): aws.iam.Role {
  const { partition } = aws.getPartitionOutput({}, { parent });
  return serviceRole(
    `${name}-monitoring-role`,
    {
      service: "monitoring.rds.amazonaws.com",
      description: `${name}: enhanced monitoring`,
      statements: [],
      managedPolicyArns: [
        pulumi.interpolate`arn:${partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole`,
      ],
      tags,
    },
    parent,
  );
}

/** Creates what the plan's availability asks for. */
export function createDatabase(
  name: string,
  args: MetadataPostgresArgs,
  plan: PostgresPlan,
  parts: DatabaseParts,
  parent: pulumi.Resource,
): Database {
  return plan.availability === Availability.Cluster
    ? createCluster(name, args, plan, parts, parent)
    : createInstance(name, args, plan, parts, parent);
}

function createInstance(
  name: string,
  args: MetadataPostgresArgs,
  plan: PostgresPlan,
  parts: DatabaseParts,
  parent: pulumi.Resource,
): Database {
  const instance = new aws.rds.Instance(
    `${name}-primary`,
    {
      ...common(name, args, plan, parts),
      ...instanceMonitoring(parts),
      instanceClass: plan.instanceClass,
      allocatedStorage: plan.storage.storageGib,
      maxAllocatedStorage: plan.storage.maxStorageGib,
      storageThroughput: plan.storage.throughputMBps,
      dbName: plan.databaseName,
      username: masterUser,
      password: parts.masterSecret.password,
      parameterGroupName: parts.parameterGroupName,
      maintenanceWindow: plan.maintenanceWindow,
      backupWindow: plan.backupWindow,
      // RDS chooses the zones: an instance with a standby cannot be pinned to one (correction E37).
      multiAz: true,
      publiclyAccessible: false,
      caCertIdentifier,
      deleteAutomatedBackups: false,
      ...(args.blueGreenUpdates === true ? { blueGreenUpdate: { enabled: true } } : {}),
    },
    { parent, ignoreChanges: ["password"] },
  );
  return {
    resource: instance,
    arn: instance.arn,
    identifier: instance.identifier,
    resourceId: instance.resourceId,
    writerEndpoint: instance.address,
  };
}

function createCluster(
  name: string,
  args: MetadataPostgresArgs,
  plan: PostgresPlan,
  parts: DatabaseParts,
  parent: pulumi.Resource,
): Database {
  const cluster = new aws.rds.Cluster(
    `${name}-cluster`,
    {
      ...common(name, args, plan, parts),
      ...clusterMonitoring(parts),
      dbClusterInstanceClass: plan.instanceClass,
      allocatedStorage: plan.storage.storageGib,
      databaseName: plan.databaseName,
      masterUsername: masterUser,
      masterPassword: parts.masterSecret.password,
      dbClusterParameterGroupName: parts.parameterGroupName,
      preferredMaintenanceWindow: plan.maintenanceWindow,
      preferredBackupWindow: plan.backupWindow,
      deleteAutomatedBackups: false,
    },
    { parent, ignoreChanges: ["masterPassword"] },
  );
  return {
    resource: cluster,
    arn: cluster.arn,
    identifier: cluster.clusterIdentifier,
    resourceId: cluster.clusterResourceId,
    writerEndpoint: cluster.endpoint,
    readerEndpoint: cluster.readerEndpoint,
  };
}

const caCertIdentifier = "rds-ca-rsa2048-g1";

/** What an instance and a cluster are told in the same words. */
function common(name: string, args: MetadataPostgresArgs, plan: PostgresPlan, parts: DatabaseParts) {
  const protectedFromDeletion = parts.deletionProtection;
  return {
    engine: "postgres",
    engineVersion: plan.majorVersion,
    // Else RDS enrols a new database into paid extended support (correction E37).
    engineLifecycleSupport: "open-source-rds-extended-support-disabled",
    allowMajorVersionUpgrade: false,
    storageType: "gp3",
    iops: plan.storage.iops,
    storageEncrypted: true,
    kmsKeyId: parts.kmsKeyArn,
    dbSubnetGroupName: parts.subnetGroupName,
    vpcSecurityGroupIds: [parts.securityGroupId],
    port: postgresPort,
    iamDatabaseAuthenticationEnabled: true,
    backupRetentionPeriod: plan.backupRetentionDays,
    copyTagsToSnapshot: true,
    deletionProtection: protectedFromDeletion,
    skipFinalSnapshot: !protectedFromDeletion,
    ...(protectedFromDeletion ? { finalSnapshotIdentifier: `${name}-final` } : {}),
    applyImmediately: !(args.waitForMaintenanceWindow ?? true),
    enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
    tags: named(name, parts.tags),
  };
}

/** Operating system metrics and Performance Insights of an instance, replicas too. */
export function instanceMonitoring(parts: Pick<DatabaseParts, "kmsKeyArn" | "monitoringRoleArn">) {
  return {
    ...clusterMonitoring(parts),
    autoMinorVersionUpgrade: true,
  };
}

function clusterMonitoring(parts: Pick<DatabaseParts, "kmsKeyArn" | "monitoringRoleArn">) {
  return {
    monitoringInterval: monitoringIntervalSeconds,
    monitoringRoleArn: parts.monitoringRoleArn,
    performanceInsightsEnabled: true,
    performanceInsightsKmsKeyId: parts.kmsKeyArn,
    performanceInsightsRetentionPeriod: performanceInsightsDays,
  };
}
