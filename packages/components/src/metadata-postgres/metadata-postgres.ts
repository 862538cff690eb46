import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { customerKey } from "../building-blocks/customer-key.ts";
import { logsStatement } from "../building-blocks/log-group.ts";
import { securityGroup } from "../building-blocks/security-group.ts";
import { planned } from "../shared/planned.ts";
import { baseTags, named } from "../shared/tags.ts";
import { createAlarms } from "./alarms.ts";
import type { MetadataPostgresArgs } from "./args.ts";
import { createDatabase, createMonitoringRole, type DatabaseParts, postgresPort } from "./database.ts";
import { createMasterSecret } from "./master-secret.ts";
import { createParameterGroup } from "./parameter-group.ts";
import { postgresPlan } from "./postgres-plan.ts";
import { createDisasterRecovery, createReadReplicas } from "./replicas.ts";
import { createRoles } from "./roles.ts";

const type = "mrgc:index:MetadataPostgres";

/**
 * The metadata database: PostgreSQL on RDS with a standby in another zone, read replicas, backups that reach back to any
 * second of 35 days, and roles that log in by IAM, so that no application holds a password.
 *
 * Costs with the defaults in us-east-1: three times db.r6i.xlarge (two of them the Multi-AZ pair) and 500 GiB each; RDS
 * prices are not in the price list that this package ships (correction E39), so the cost plan says unknown.
 *
 * ```ts
 * const metadata = new mrgc.MetadataPostgres("metadata", {
 *   network,
 *   clientSecurityGroupIds: { proxies: proxies.securityGroupId },
 *   disasterRecovery: { region: "us-east-2" },
 * });
 * ```
 */
export class MetadataPostgres extends pulumi.ComponentResource {
  /** Host name of the writer, also after a failover. */
  readonly writerEndpoint: pulumi.Output<string>;
  /** Host names of the readable copies in the region. */
  readonly readerEndpoints: pulumi.Output<string[]>;
  /** Always 5432. */
  readonly port: pulumi.Output<number>;
  /** Name of the database. */
  readonly databaseName: pulumi.Output<string>;
  /** Id that an IAM policy's `rds-db:connect` names: `arn:aws:rds-db:<region>:<account>:dbuser:<resourceId>/<role>`. */
  readonly resourceId: pulumi.Output<string>;
  /** ARN of the secret with the master's first password, which opens nothing once the roles are made; applications do not need it. */
  readonly masterSecretArn: pulumi.Output<string>;
  /** Security group of the database. */
  readonly securityGroupId: pulumi.Output<string>;
  /** Alarms of every instance. */
  readonly alarmArns: pulumi.Output<string[]>;
  /** Key of storage, backups, logs and the master's secret. */
  readonly keyArn: pulumi.Output<string>;

  /** @throws pulumi.InputPropertiesError when the plan refuses the arguments; nothing exists then. */
  constructor(name: string, args: MetadataPostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, args, opts);
    const plan = planned("MetadataPostgres", name, () => postgresPlan(args));
    const { network } = args;
    const tags = baseTags("metadata-postgres", args.tags);

    const key = customerKey(
      `${name}-key`,
      { description: `${name}: metadata database`, statements: [logsStatement(network.region, this)], tags },
      this,
    );
    const group = securityGroup(
      name,
      {
        description: `${name}: PostgreSQL`,
        vpcId: network.vpcId,
        ingress: Object.fromEntries(
          Object.entries(args.clientSecurityGroupIds ?? {}).map(([client, securityGroupId]) => [
            client,
            { description: `PostgreSQL from ${client}`, fromPort: postgresPort, peer: { securityGroupId } },
          ]),
        ),
        // The database opens no connection: backups and replication do not go through its network interface.
        egress: {},
        tags,
      },
      this,
    );
    const subnetGroup = new aws.rds.SubnetGroup(
      `${name}-subnets`,
      { subnetIds: network.dataSubnetIds, tags: named(`${name}-subnets`, tags) },
      { parent: this },
    );
    const parts: DatabaseParts = {
      subnetGroupName: subnetGroup.name,
      securityGroupId: group.id,
      parameterGroupName: createParameterGroup(name, plan, tags, this),
      kmsKeyArn: key.arn,
      monitoringRoleArn: createMonitoringRole(name, tags, this).arn,
      masterSecret: createMasterSecret(name, key.arn, tags, this),
      deletionProtection: args.deletionProtection ?? true,
      tags,
    };
    const database = createDatabase(name, args, plan, parts, this);
    const replicas = createReadReplicas(name, plan, database, parts, this);
    if (args.disasterRecovery !== undefined) {
      createDisasterRecovery(name, args.disasterRecovery, plan, database, parts, this);
    }
    createRoles(
      name,
      plan,
      {
        network,
        database,
        masterSecretArn: parts.masterSecret.arn,
        databaseSecurityGroup: group,
        kmsKeyArn: key.arn,
        logRetentionDays: args.logRetentionDays,
        tags,
      },
      this,
    );
    const watched = {
      primary: { identifier: database.identifier, replica: false },
      ...Object.fromEntries(
        replicas.map((replica, index) => [`replica-${index + 1}`, { identifier: replica.identifier, replica: true }]),
      ),
    };
    const alarms = createAlarms(name, watched, plan, { topicArns: args.alarmTopicArns ?? [], tags }, this);

    this.writerEndpoint = database.writerEndpoint;
    this.readerEndpoints = pulumi.all([
      ...(database.readerEndpoint === undefined ? [] : [database.readerEndpoint]),
      ...replicas.map((replica) => replica.address),
    ]);
    this.port = pulumi.output(postgresPort);
    this.databaseName = pulumi.output(plan.databaseName);
    this.resourceId = database.resourceId;
    this.masterSecretArn = parts.masterSecret.arn;
    this.securityGroupId = group.id;
    this.alarmArns = pulumi.all(alarms.map(({ arn }) => arn));
    this.keyArn = key.arn;
    this.registerOutputs({
      writerEndpoint: this.writerEndpoint,
      readerEndpoints: this.readerEndpoints,
      port: this.port,
      databaseName: this.databaseName,
      resourceId: this.resourceId,
      masterSecretArn: this.masterSecretArn,
      securityGroupId: this.securityGroupId,
      alarmArns: this.alarmArns,
      keyArn: this.keyArn,
    });
  }
}
