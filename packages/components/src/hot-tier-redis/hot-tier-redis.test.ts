import { describe, expect, it } from "vitest";
import { parseSettings } from "../../../hot-tier-controller/src/run/settings.ts";
import { recorded, valueOf } from "../testing/recorded.ts";
import { testAnswers, testArgs } from "./fixtures.ts";
import { HotTierRedis } from "./hot-tier-redis.ts";
import { artifact, create } from "./recordings.ts";

describe("HotTierRedis", () => {
  it("names its children as ever: a rename replaces them in somebody's production", async () => {
    const { identities } = await create({
      collectorSecurityGroupId: "sg-collector",
      snapshotReplicaRegion: "us-east-1",
    });
    await expect(identities().join("\n") + "\n").toMatchFileSnapshot("identities.txt");
  });

  it("has as many resources for 16 shards as for 160 and 666: zones and groups decide", async () => {
    const names = async (shards: number) => (await create({ shards, engineArtifact: artifact })).identities();
    const few = await names(16);
    expect(await names(160)).toEqual(few);
    expect(await names(666)).toEqual(few);
  });

  it("sizes the groups by the shard plan, each with its own zone's subnet and placement group", async () => {
    const recording = await create({ shards: 17 });
    const registered = recording.ofType("aws:autoscaling/group:Group");
    registered.sort((one, other) => one.name.localeCompare(other.name));
    const groups = registered.map(({ name, inputs }) => ({
      name,
      nodes: inputs.desiredCapacity as number,
      most: inputs.maxSize as number,
      subnets: inputs.vpcZoneIdentifiers as string[],
      placement: inputs.placementGroup as string,
    }));
    // 51 nodes over six groups: three of 9, then three of 8. The most is 167 or 166 and a tenth.
    expect(groups).toEqual([
      group("usw2-az1-a", 9, 184, "subnet-d1"),
      group("usw2-az1-b", 8, 183, "subnet-d1"),
      group("usw2-az2-a", 9, 184, "subnet-d2"),
      group("usw2-az2-b", 8, 183, "subnet-d2"),
      group("usw2-az3-a", 9, 184, "subnet-d3"),
      group("usw2-az3-b", 8, 183, "subnet-d3"),
    ]);
    function group(key: string, nodes: number, most: number, subnet: string) {
      const name = `hot-tier-${key}`;
      return { name: `${name}-group`, nodes, most, subnets: [subnet], placement: `${name}-placement-id` };
    }
  });

  it("keeps the contract of the groups with the controller", async () => {
    const recording = await create();
    const { inputs } = recording.find("hot-tier-usw2-az2-b-group");
    expect(inputs).toMatchObject({
      minSize: 0,
      protectFromScaleIn: true,
      suspendedProcesses: ["AZRebalance"],
      healthCheckType: "EC2",
      instanceMaintenancePolicy: { minHealthyPercentage: 100, maxHealthyPercentage: 110 },
      warmPool: { poolState: "Stopped", minSize: 1 },
      waitForCapacityTimeout: "0",
    });
    expect(inputs.tags).toEqual(
      expect.arrayContaining([
        { key: "mrgc:cluster", value: "hot-tier", propagateAtLaunch: true },
        { key: "mrgc:zone", value: "usw2-az2", propagateAtLaunch: true },
        { key: "mrgc:group", value: "b", propagateAtLaunch: true },
        { key: "ManagedBy", value: "pulumi", propagateAtLaunch: true },
      ]),
    );
    const hooks = [
      { name: "mrgc-launching", defaultResult: "ABANDON", heartbeatTimeout: 900 },
      { name: "mrgc-terminating", defaultResult: "CONTINUE", heartbeatTimeout: 900 },
    ];
    expect(inputs.initialLifecycleHooks).toMatchObject(hooks);
    const managed = recording.ofType("aws:autoscaling/lifecycleHook:LifecycleHook");
    expect(
      managed.filter(({ parent }) => parent.endsWith("usw2-az2-b-group")).map((hook) => hook.inputs),
    ).toMatchObject(hooks);
  });

  it("gives the controller its parameters in the contract's words", async () => {
    const recording = await create({ shards: 16 });
    // The SDK treats every parameter's value as a secret.
    const value = (key: string) => {
      const input = recording.find(`hot-tier-parameter-${key}`).inputs.value as string | { value: string };
      return typeof input === "string" ? input : input.value;
    };
    expect(recording.find("hot-tier-parameter-zones").inputs.name).toBe("/mrgc/hot-tier/zones");
    expect(value("desired-shards")).toBe("16");
    expect(value("replicas-per-shard")).toBe("2");
    expect(JSON.parse(value("zones"))[0]).toEqual({
      zoneId: "usw2-az1",
      groups: [
        { name: "a", autoScalingGroup: "hot-tier-usw2-az1-a-group", maxNodes: 184 },
        { name: "b", autoScalingGroup: "hot-tier-usw2-az1-b-group", maxNodes: 183 },
      ],
    });
    expect(JSON.parse(value("limits"))).toEqual({
      minShards: 16,
      maxShards: 333,
      maxmemoryBytes: 94_489_280_512,
      networkBaselineBitsPerSecond: 6_250_000_000,
      nodeTimeoutMs: 3000,
    });
    // 6.25 Gbit/s are 781.25 MB/s: a quarter for moves, half for backups.
    expect(JSON.parse(value("budgets"))).toEqual({
      migrationBytesPerSecond: 195_312_500,
      migrationJobBytes: 2_000_000_000,
      parallelMigrations: 4,
      backupBytesPerSecond: 390_625_000,
      backupIntervalSeconds: 3600,
      backupsKept: 24,
    });
    expect(JSON.parse(value("connection"))).toMatchObject({ port: 6379, tls: true });
  });

  it.each([{}, { instanceType: "r6i.xlarge" }, { shards: 160, groupsPerZone: 3 }])(
    "gives parameters that the controller itself takes: %j",
    async (args) => {
      const recording = await create(args);
      const parameters = recording.ofType("aws:ssm/parameter:Parameter").map(({ inputs }) => {
        const value = inputs.value as string | { value: string };
        return [
          (inputs.name as string).replace("/mrgc/hot-tier/", ""),
          typeof value === "string" ? value : value.value,
        ];
      });
      const settings = parseSettings(Object.fromEntries(parameters) as Record<string, string>);
      expect(settings.desiredShards).toBe("shards" in args ? 160 : 16);
      expect(settings.zones.map(({ zoneId }) => zoneId)).toEqual(["usw2-az1", "usw2-az2", "usw2-az3"]);
      expect(settings.connection.secretArn).toContain("hot-tier-secret-controller");
    },
  );

  it("keeps a copy of the snapshots in another region, under a key of that region", async () => {
    const recording = await create({ snapshotReplicaRegion: "us-east-1" });
    expect(recording.find("hot-tier-snapshots-replica").inputs.region).toBe("us-east-1");
    expect(recording.find("hot-tier-snapshots-replica-key").inputs.region).toBe("us-east-1");
    expect(recording.find("hot-tier-snapshots-replication").inputs.rules).toMatchObject([
      {
        status: "Enabled",
        destination: {
          bucket: "arn:aws:s3:::hot-tier-snapshots-replica",
          encryptionConfiguration: {
            replicaKmsKeyId: "arn:aws:mock:us-west-2:123456789012:hot-tier-snapshots-replica-key",
          },
        },
      },
    ]);
    const elsewhere = recording.resources.filter(({ inputs }) => inputs.region !== undefined).map(({ name }) => name);
    expect(elsewhere.every((name) => name.startsWith("hot-tier-snapshots-replica"))).toBe(true);
  });

  it("brings events to one queue, and what fails to another, both encrypted", async () => {
    const recording = await create();
    for (const queue of ["hot-tier-events", "hot-tier-events-dead"]) {
      expect(recording.find(queue).inputs.kmsMasterKeyId).toBe("arn:aws:mock:us-west-2:123456789012:hot-tier-key");
    }
    const pattern = JSON.parse(recording.find("hot-tier-rule-lifecycle").inputs.eventPattern as string) as {
      detail: { AutoScalingGroupName: string[] };
    };
    expect(pattern.detail.AutoScalingGroupName).toEqual(
      recording
        .ofType("aws:autoscaling/group:Group")
        .map(({ name }) => name)
        .sort(),
    );
    for (const rule of ["lifecycle", "alarms", "machines"]) {
      expect((recording.find(`hot-tier-rule-${rule}`).inputs.eventPattern as string).length).toBeLessThan(2048);
    }
  });

  it("runs one controller at a time, in the data subnets, every minute", async () => {
    const recording = await create();
    const { inputs } = recording.find("hot-tier-controller", "aws:lambda/function:Function");
    expect(inputs).toMatchObject({
      reservedConcurrentExecutions: 1,
      timeout: 900,
      vpcConfig: { subnetIds: ["subnet-d1", "subnet-d2", "subnet-d3"], securityGroupIds: ["hot-tier-controller-id"] },
      environment: { variables: { MRGC_CLUSTER: "hot-tier", MRGC_STATE_BUCKET: "hot-tier-snapshots" } },
    });
    expect(recording.find("hot-tier-controller-minute").inputs.scheduleExpression).toBe("rate(1 minute)");
    expect(recording.find("hot-tier-controller-minute-permission").inputs.sourceArn).toContain(
      "hot-tier-controller-minute",
    );
  });

  it("keeps passwords secret, each in a secret of its own under the cluster's key", async () => {
    const recording = await create();
    for (const user of ["application", "controller", "replication"]) {
      const { secretString } = recording.find(`hot-tier-secret-${user}-value`).inputs;
      // Pulumi's mark of a secret, and what it wraps.
      expect(secretString).toHaveProperty("4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270");
      expect(JSON.parse((secretString as { value: string }).value)).toMatchObject({
        username: user,
        password: "p".repeat(48),
      });
      expect(recording.find(`hot-tier-secret-${user}`).inputs.kmsKeyId).toMatch(/hot-tier-key$/);
    }
  });

  it("makes the ways to AWS that the network lacks before the first machine, or none", async () => {
    const recording = await create();
    const services = recording
      .ofType("aws:ec2/vpcEndpoint:VpcEndpoint")
      .map(({ inputs }) => inputs.serviceName as string);
    expect(services.sort()).toEqual(["com.amazonaws.us-west-2.acm-pca", "com.amazonaws.us-west-2.sqs"]);
    const { dependencies } = recording.find("hot-tier-usw2-az1-a-group");
    expect(dependencies.filter((urn) => urn.includes("vpcEndpoint"))).toHaveLength(2);
    const without = await create({ interfaceEndpoints: [] });
    expect(without.identities().filter((identity) => identity.includes("ndpoint"))).toEqual([
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule::hot-tier-controller-out-aws-endpoints",
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule::hot-tier-nodes-out-aws-endpoints",
    ]);
  });

  it("uses a CA that the caller has instead of making one", async () => {
    const recording = await recorded(
      () => new HotTierRedis("hot-tier", testArgs({ certificateAuthorityArn: "arn:own" })),
      {
        ...testAnswers,
        calls: {
          ...testAnswers.calls,
          "aws:acmpca/getCertificateAuthority:getCertificateAuthority": ({ arn }) => ({ arn, certificate: "PEM" }),
        },
      },
    );
    expect(recording.identities().filter((identity) => identity.includes("acmpca"))).toEqual([]);
    expect(await valueOf(recording.result.certificateAuthorityPem)).toBe("PEM");
  });

  it("can be planned before anything exists", async () => {
    const recording = await recorded(() => new HotTierRedis("hot-tier", testArgs()), { ...testAnswers, preview: true });
    expect(recording.identities()).toEqual((await create()).identities());
  });

  it("refuses wrong arguments as Pulumi shows them, before any resource", async () => {
    await expect(create({ shards: 4 })).rejects.toThrow(/HotTierRedis "hot-tier" cannot be planned/);
  });
});
