import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { recorded, type RecordedResource, type Recording } from "../testing/recorded.ts";
import { testNetwork } from "../testing/test-network.ts";
import { Availability, type MetadataPostgresArgs } from "./args.ts";
import { MetadataPostgres } from "./metadata-postgres.ts";

function record(args: Partial<MetadataPostgresArgs> = {}): Promise<Recording<MetadataPostgres>> {
  return recorded(() => new MetadataPostgres("metadata", { network: testNetwork, ...args }), {
    region: "us-west-2",
    outputs: {
      "aws:rds/instance:Instance": (name) => ({
        identifier: name,
        address: `${name}.example`,
        resourceId: "db-ABC",
      }),
      "aws:rds/cluster:Cluster": (name) => ({
        clusterIdentifier: name,
        endpoint: `${name}.example`,
        readerEndpoint: `${name}-ro.example`,
        clusterResourceId: "cluster-ABC",
      }),
    },
  });
}

/** What an input holds that was registered as a secret. @throws when it was registered in the clear */
function secretOf(input: unknown): string {
  expect(pulumi.runtime.isRpcSecret(input)).toBe(true);
  return pulumi.runtime.unwrapRpcSecret(input) as string;
}

describe("MetadataPostgres with its defaults", () => {
  let program: Recording<MetadataPostgres>;
  let primary: RecordedResource;

  beforeAll(async () => {
    program = await record({
      clientSecurityGroupIds: { proxies: "sg-proxies" },
      disasterRecovery: { region: "us-east-1", subnetIds: ["r1", "r2"], vpcId: "vpc-2" },
      alarmTopicArns: ["arn:aws:sns:us-west-2:123456789012:page"],
    });
    primary = program.find("metadata-primary");
  });

  it("keeps these names: a rename is a replacement", () => {
    expect(program.identities()).toEqual(
      [
        "mrgc:index:MetadataPostgres::metadata",
        "aws:kms/key:Key::metadata-key",
        "aws:kms/alias:Alias::metadata-key-alias",
        "aws:ec2/securityGroup:SecurityGroup::metadata",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::metadata-in-proxies",
        "aws:rds/subnetGroup:SubnetGroup::metadata-subnets",
        "aws:rds/parameterGroup:ParameterGroup::metadata-parameters-18",
        "aws:rds/parameterGroup:ParameterGroup::metadata-recovery-parameters-18",
        "aws:secretsmanager/secret:Secret::metadata-master-secret",
        "aws:secretsmanager/secretVersion:SecretVersion::metadata-master-secret-value",
        "aws:iam/role:Role::metadata-monitoring-role",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment::metadata-monitoring-role-managed-0",
        "aws:rds/instance:Instance::metadata-primary",
        "aws:rds/instance:Instance::metadata-replica-1",
        "aws:kms/key:Key::metadata-recovery-key",
        "aws:kms/alias:Alias::metadata-recovery-key-alias",
        "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication::metadata-recovery-backups",
        "aws:rds/subnetGroup:SubnetGroup::metadata-recovery-subnets",
        "aws:ec2/securityGroup:SecurityGroup::metadata-recovery",
        "aws:rds/instance:Instance::metadata-recovery-replica",
        "aws:ec2/securityGroup:SecurityGroup::metadata-roles",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule::metadata-roles-out-endpoints",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule::metadata-roles-out-database",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::metadata-in-roles",
        "aws:cloudwatch/logGroup:LogGroup::metadata-roles-log",
        "aws:iam/role:Role::metadata-roles-role",
        "aws:iam/rolePolicy:RolePolicy::metadata-roles-rights",
        "aws:lambda/function:Function::metadata-roles",
        "aws:lambda/invocation:Invocation::metadata-roles-applied",
        ...["cpu", "storage", "memory", "read-latency", "disk-queue", "transaction-ids"].flatMap((alarm) => [
          `aws:cloudwatch/metricAlarm:MetricAlarm::metadata-primary-${alarm}`,
          `aws:cloudwatch/metricAlarm:MetricAlarm::metadata-replica-1-${alarm}`,
        ]),
        "aws:cloudwatch/metricAlarm:MetricAlarm::metadata-replica-1-replica-lag",
      ].sort(),
    );
  });

  it("is private, encrypted and protected", () => {
    expect(primary.inputs).toMatchObject({
      engine: "postgres",
      engineVersion: "18",
      engineLifecycleSupport: "open-source-rds-extended-support-disabled",
      multiAz: true,
      publiclyAccessible: false,
      storageEncrypted: true,
      storageType: "gp3",
      allocatedStorage: 500,
      iops: 12_000,
      storageThroughput: 500,
      iamDatabaseAuthenticationEnabled: true,
      deletionProtection: true,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: "metadata-final",
      backupRetentionPeriod: 35,
      applyImmediately: false,
      dbSubnetGroupName: expect.any(String),
    });
    expect(primary.inputs).not.toHaveProperty("availabilityZone");
    expect(program.find("metadata-subnets").inputs.subnetIds).toEqual(["subnet-d1", "subnet-d2", "subnet-d3"]);
  });

  it("has a master's password of its own: RDS replicates no instance whose password it manages", () => {
    const { inputs, ignoreChanges } = program.find("metadata-master-secret-value");
    expect(JSON.parse(secretOf(inputs.secretString))).toEqual({ username: "dbadmin", password: "aRandomPassword1" });
    expect(ignoreChanges).toEqual(["secretString"]);
    expect(program.find("metadata-master-secret").inputs.kmsKeyId).toContain(":metadata-key");
    expect([primary.inputs.username, secretOf(primary.inputs.password)]).toEqual(["dbadmin", "aRandomPassword1"]);
    expect(primary.inputs).not.toHaveProperty("manageMasterUserPassword");
    // A password that somebody changes by hand is not set back.
    expect(primary.ignoreChanges).toEqual(["password"]);
  });

  it("takes the password that is stored, also when another run made it", async () => {
    const again = await recorded(() => new MetadataPostgres("metadata", { network: testNetwork }), {
      region: "us-west-2",
      outputs: {
        "aws:secretsmanager/secretVersion:SecretVersion": () => ({
          secretString: JSON.stringify({ username: "dbadmin", password: "ofAnEarlierRun" }),
        }),
      },
    });
    expect(secretOf(again.find("metadata-primary").inputs.password)).toBe("ofAnEarlierRun");
  });

  it("leaves a replica in the region its source's key, as RDS asks, and none without its settings", () => {
    const replica = program.find("metadata-replica-1").inputs;
    expect(replica).not.toHaveProperty("kmsKeyId");
    expect(program.find("metadata-recovery-replica").inputs.parameterGroupName).toBe("metadata-recovery-parameters-18");
    expect(program.find("metadata-recovery-parameters-18").inputs).toMatchObject({
      region: "us-east-1",
      parameters: program.find("metadata-parameters-18").inputs.parameters,
    });
  });

  it("forces TLS", () => {
    const parameters = program.find("metadata-parameters-18").inputs.parameters as { name: string; value: string }[];
    expect(parameters).toContainEqual({ name: "rds.force_ssl", value: "1", applyMethod: "immediate" });
  });

  it("keeps the copy in the other region under a key of that region", () => {
    const replica = program.find("metadata-recovery-replica").inputs;
    expect(replica).toMatchObject({ region: "us-east-1", storageEncrypted: true, publiclyAccessible: false });
    expect(replica.kmsKeyId).not.toEqual(primary.inputs.kmsKeyId);
    expect(program.find("metadata-recovery-key").inputs.region).toBe("us-east-1");
    expect(program.find("metadata-recovery-backups").inputs).toMatchObject({
      region: "us-east-1",
      retentionPeriod: 35,
    });
  });

  it("hands the function statements and a secret's name, never a password", () => {
    const input = JSON.parse(program.find("metadata-roles-applied").inputs.input as string) as Record<string, unknown>;
    expect(Object.keys(input).sort()).toEqual(["database", "host", "port", "secretArn", "statements"]);
    expect(input).toMatchObject({ host: "metadata-primary.example", port: 5432, database: "metadata" });
    expect(input.statements).toContain("GRANT rds_iam TO proxy");
  });

  it("lets the function read the master's secret and nothing else of Secrets Manager", () => {
    const policy = JSON.parse(program.find("metadata-roles-rights").inputs.policy as string) as {
      Statement: { Action: string[]; Resource: string[] }[];
    };
    const secrets = policy.Statement.filter((statement) =>
      statement.Action.some((action) => action.startsWith("secretsmanager:")),
    );
    expect(secrets).toEqual([
      {
        Sid: "ReadMasterPassword",
        Effect: "Allow",
        Action: ["secretsmanager:GetSecretValue"],
        Resource: [expect.stringMatching(/:metadata-master-secret$/)],
      },
    ]);
    expect(policy.Statement).toContainEqual({
      Sid: "LogInAsMaster",
      Effect: "Allow",
      Action: ["rds-db:connect"],
      Resource: ["arn:aws:rds-db:us-west-2:123456789012:dbuser:db-ABC/dbadmin"],
    });
  });

  it("pages with a runbook", () => {
    expect(program.find("metadata-primary-storage").inputs).toMatchObject({
      metricName: "FreeStorageSpace",
      comparisonOperator: "LessThanThreshold",
      // 8 % of 500 GiB: 40 GiB.
      threshold: 42_949_672_960,
      alarmActions: ["arn:aws:sns:us-west-2:123456789012:page"],
      alarmDescription: expect.stringContaining("docs/runbooks/metadata-postgres.md#storage"),
    });
  });

  it("tags everything that takes tags", () => {
    const tagged = program.resources.filter((resource) => resource.inputs.tags !== undefined);
    for (const resource of tagged) {
      expect(resource.inputs.tags, resource.name).toMatchObject({
        Project: "mrgc",
        Component: "metadata-postgres",
        ManagedBy: "pulumi",
      });
    }
    expect(tagged.map((resource) => resource.name)).toContain("metadata-primary");
  });
});

describe("MetadataPostgres, an argument at a time", () => {
  const changes: [string, Partial<MetadataPostgresArgs>, string, Record<string, unknown>][] = [
    ["majorVersion", { majorVersion: "17" }, "metadata-primary", { engineVersion: "17" }],
    ["instanceClass", { instanceClass: "db.r8g.xlarge" }, "metadata-primary", { instanceClass: "db.r8g.xlarge" }],
    ["storageGib", { storageGib: 800 }, "metadata-primary", { allocatedStorage: 800, maxAllocatedStorage: 1600 }],
    ["maxStorageGib", { maxStorageGib: 3000 }, "metadata-primary", { maxAllocatedStorage: 3000 }],
    ["iops", { iops: 20_000 }, "metadata-primary", { iops: 20_000 }],
    ["throughputMBps", { throughputMBps: 1000 }, "metadata-primary", { storageThroughput: 1000 }],
    ["readReplicas", { readReplicas: 2 }, "metadata-replica-2", { maintenanceWindow: "tue:09:00-tue:09:45" }],
    ["backupRetentionDays", { backupRetentionDays: 7 }, "metadata-primary", { backupRetentionPeriod: 7 }],
    ["databaseName", { databaseName: "graph" }, "metadata-primary", { dbName: "graph" }],
    [
      "blueGreenUpdates",
      { blueGreenUpdates: true, readReplicas: 0 },
      "metadata-primary",
      { blueGreenUpdate: { enabled: true } },
    ],
    ["waitForMaintenanceWindow", { waitForMaintenanceWindow: false }, "metadata-primary", { applyImmediately: true }],
    [
      "deletionProtection",
      { deletionProtection: false },
      "metadata-primary",
      { deletionProtection: false, skipFinalSnapshot: true },
    ],
    ["logRetentionDays", { logRetentionDays: 30 }, "metadata-roles-log", { retentionInDays: 30 }],
    [
      "tags",
      { tags: { CostCenter: "42" } },
      "metadata-primary",
      { tags: expect.objectContaining({ CostCenter: "42" }) as unknown },
    ],
    [
      "roles",
      { roles: [{ name: "reader", writes: false }] },
      "metadata-roles-applied",
      { input: expect.stringContaining("GRANT SELECT ON ALL TABLES IN SCHEMA app TO reader") as unknown },
    ],
  ];

  it("deletionProtection holds for the replicas as well: `destroy` deletes all or none", async () => {
    const all = async (args: Partial<MetadataPostgresArgs>) =>
      (await record({ disasterRecovery: { region: "us-east-1", subnetIds: ["r1", "r2"], vpcId: "vpc-2" }, ...args }))
        .ofType("aws:rds/instance:Instance")
        .map(({ inputs }) => inputs.deletionProtection as boolean);
    expect(await all({})).toEqual([true, true, true]);
    expect(await all({ deletionProtection: false })).toEqual([false, false, false]);
  });

  it.each(changes)("%s changes a resource", async (_, args, name, inputs) => {
    const program = await record(args);
    expect(program.find(name).inputs).toMatchObject(inputs);
  });

  it("availability makes a cluster with two readable standbys and no instance", async () => {
    const program = await record({ availability: Availability.Cluster });
    expect(program.find("metadata-cluster").inputs).toMatchObject({
      dbClusterInstanceClass: "db.r6gd.xlarge",
      storageEncrypted: true,
      deletionProtection: true,
    });
    expect(program.ofType("aws:rds/instance:Instance")).toEqual([]);
    expect(program.ofType("aws:rds/clusterParameterGroup:ClusterParameterGroup")).toHaveLength(1);
  });
});
