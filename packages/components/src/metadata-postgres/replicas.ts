import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { customerKey } from "../building-blocks/customer-key.ts";
import { securityGroup } from "../building-blocks/security-group.ts";
import { named } from "../shared/tags.ts";
import { Availability, type DisasterRecoveryArgs } from "./args.ts";
import { type Database, type DatabaseParts, instanceMonitoring, postgresPort } from "./database.ts";
import { createParameterGroup } from "./parameter-group.ts";
import type { PostgresPlan } from "./postgres-plan.ts";

/** The readable copies in the region, each with a maintenance day of its own. */
export function createReadReplicas(
  name: string,
  plan: PostgresPlan,
  primary: Database,
  parts: DatabaseParts,
  parent: pulumi.Resource,
): aws.rds.Instance[] {
  return plan.replicaMaintenanceWindows.map((maintenanceWindow, index) => {
    const replicaName = `${name}-replica-${index + 1}`;
    return new aws.rds.Instance(
      replicaName,
      {
        // In the same region a replica has its source's key, and RDS wants none named.
        ...replicaOf(primary.identifier, plan, parts),
        vpcSecurityGroupIds: [parts.securityGroupId],
        parameterGroupName: parts.parameterGroupName,
        maintenanceWindow,
        ...instanceMonitoring(parts),
        tags: named(replicaName, parts.tags),
      },
      { parent },
    );
  });
}

/**
 * What is kept in the other region: always the backups, under a key that lies there; a running replica when there are
 * subnets for it.
 */
export function createDisasterRecovery(
  name: string,
  recovery: DisasterRecoveryArgs,
  plan: PostgresPlan,
  primary: Database,
  parts: DatabaseParts,
  parent: pulumi.Resource,
): aws.rds.Instance | undefined {
  const { region } = recovery;
  const { tags } = parts;
  const recoveryName = `${name}-recovery`;
  const key = customerKey(`${recoveryName}-key`, { description: `${name}: copies in ${region}`, region, tags }, parent);
  if (plan.availability === Availability.Instance) {
    new aws.rds.InstanceAutomatedBackupsReplication(
      `${recoveryName}-backups`,
      { region, sourceDbInstanceArn: primary.arn, kmsKeyId: key.arn, retentionPeriod: plan.backupRetentionDays },
      { parent },
    );
  }
  if (recovery.subnetIds === undefined || recovery.vpcId === undefined) {
    return undefined;
  }
  const subnetGroup = new aws.rds.SubnetGroup(
    `${recoveryName}-subnets`,
    { region, subnetIds: recovery.subnetIds, tags: named(`${recoveryName}-subnets`, tags) },
    { parent },
  );
  const group = securityGroup(
    recoveryName,
    { description: `${name}: replica in ${region}`, vpcId: recovery.vpcId, ingress: {}, egress: {}, region, tags },
    parent,
  );
  return new aws.rds.Instance(
    `${recoveryName}-replica`,
    {
      ...replicaOf(primary.arn, plan, parts),
      region,
      dbSubnetGroupName: subnetGroup.name,
      vpcSecurityGroupIds: [group.id],
      // Another region does not take the source's group over: promoted without it, the database would have none of its settings.
      parameterGroupName: createParameterGroup(recoveryName, plan, tags, parent, region),
      kmsKeyId: key.arn,
      port: postgresPort,
      // Promoted, it is the primary: it keeps backups from the start, because turning them on then takes an outage.
      backupRetentionPeriod: plan.backupRetentionDays,
      backupWindow: plan.backupWindow,
      maintenanceWindow: plan.maintenanceWindow,
      autoMinorVersionUpgrade: true,
      tags: named(`${recoveryName}-replica`, tags),
    },
    { parent },
  );
}

function replicaOf(source: pulumi.Input<string>, plan: PostgresPlan, { deletionProtection }: DatabaseParts) {
  return {
    replicateSourceDb: source,
    instanceClass: plan.instanceClass,
    storageType: "gp3",
    iops: plan.storage.iops,
    storageThroughput: plan.storage.throughputMBps,
    maxAllocatedStorage: plan.storage.maxStorageGib,
    storageEncrypted: true,
    iamDatabaseAuthenticationEnabled: true,
    publiclyAccessible: false,
    copyTagsToSnapshot: true,
    skipFinalSnapshot: true,
    deletionProtection,
    enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
  };
}
