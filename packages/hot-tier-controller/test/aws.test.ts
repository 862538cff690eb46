import { CreateBucketCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import {
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  PutLifecycleHookCommand,
} from "@aws-sdk/client-auto-scaling";
import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { DeleteParameterCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import { PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startAwsEmulator } from "../../../test/support/aws-emulator.ts";
import type { AwsEmulator } from "../../../test/support/aws-emulator.ts";
import { awsClients, loadConnection, loadSettings, storeDesiredShards } from "../src/aws/environment.ts";
import type { AwsClients } from "../src/aws/environment.ts";
import { AwsFleet, hookNames } from "../src/aws/fleet.ts";
import { Lease } from "../src/aws/lease.ts";
import { readLoad } from "../src/aws/load.ts";
import { HotTierService } from "../src/aws/service.ts";
import type { ZoneSettings } from "../src/run/settings.ts";

const bucket = "state";
let aws: AwsEmulator;
let clients: AwsClients;
let zones: ZoneSettings[];

beforeAll(async () => {
  aws = await startAwsEmulator("us-west-2");
  Object.assign(process.env, aws.environment);
  clients = awsClients();
  const { s3, ec2, autoScaling } = clients;
  await s3.send(
    new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: "us-west-2" } }),
  );
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  await autoScaling.send(
    new CreateLaunchConfigurationCommand({
      LaunchConfigurationName: "lc",
      ImageId: "ami-1",
      InstanceType: "r6i.4xlarge",
    }),
  );
  zones = [];
  for (const subnet of Subnets.slice(0, 3)) {
    const zoneId = subnet.AvailabilityZoneId ?? "";
    const groups = ["a", "b"].map((name) => ({ name, autoScalingGroup: `hot-${zoneId}-${name}`, maxNodes: 2 }));
    zones.push({ zoneId, groups });
    for (const { autoScalingGroup } of groups) {
      await autoScaling.send(
        new CreateAutoScalingGroupCommand({
          AutoScalingGroupName: autoScalingGroup,
          LaunchConfigurationName: "lc",
          MinSize: 0,
          MaxSize: 10,
          DesiredCapacity: 0,
          VPCZoneIdentifier: subnet.SubnetId,
          NewInstancesProtectedFromScaleIn: true,
          Tags: [{ Key: "mrgc:cluster", Value: "hot", PropagateAtLaunch: true }],
        }),
      );
      await autoScaling.send(
        new PutLifecycleHookCommand({
          AutoScalingGroupName: autoScalingGroup,
          LifecycleHookName: hookNames.terminating,
          LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
          HeartbeatTimeout: 900,
        }),
      );
    }
  }
});

afterAll(() => aws.stop());

const parameters: Record<string, string> = {
  "desired-shards": "3",
  "replicas-per-shard": "2",
  limits: JSON.stringify({
    minShards: 3,
    maxShards: 9,
    maxmemoryBytes: 88e9,
    networkBaselineBitsPerSecond: 6.25e9,
    nodeTimeoutMs: 3000,
  }),
  budgets: JSON.stringify({
    migrationBytesPerSecond: 2e8,
    migrationJobBytes: 2e9,
    parallelMigrations: 4,
    backupBytesPerSecond: 4e8,
    backupIntervalSeconds: 3600,
    backupsKept: 24,
  }),
  connection: JSON.stringify({ port: 6379, tls: false }),
};

async function putParameters(cluster: string, changed: Record<string, string> = {}): Promise<void> {
  for (const [name, value] of Object.entries({ ...parameters, zones: JSON.stringify(zones), ...changed })) {
    await clients.ssm.send(
      new PutParameterCommand({ Name: `/mrgc/${cluster}/${name}`, Value: value, Type: "String", Overwrite: true }),
    );
  }
}

test("a zone's capacity fills its placement groups in order, and says when they are too small", async () => {
  const fleet = new AwsFleet(clients, "hot", 6379, zones);
  const zone = zones[0]?.zoneId ?? "";
  await fleet.setCapacity(zone, 3);
  expect((await fleet.capacity())[zone]).toBe(3);
  const machines = await fleet.machines();
  expect(machines.map((machine) => [machine.zone, machine.state])).toEqual(
    Array.from({ length: 3 }, () => [zone, "running"]),
  );
  expect(machines.every((machine) => /^\d+\.\d+\.\d+\.\d+:6379$/.test(machine.address))).toBe(true);
  await expect(fleet.setCapacity(zone, 5)).rejects.toThrow(/hold 4 nodes at most, 5 are wanted: raise maxNodes/);
});

test("terminating decrements or replaces, and a hook that is over does not stop the controller", async () => {
  const fleet = new AwsFleet(clients, "hot", 6379, zones);
  const zone = zones[1]?.zoneId ?? "";
  await fleet.setCapacity(zone, 2);
  const [first, second] = (await fleet.machines()).filter((machine) => machine.zone === zone);
  await fleet.terminate(first?.instanceId ?? "", false);
  expect((await fleet.capacity())[zone]).toBe(1);
  await fleet.terminate(second?.instanceId ?? "", true);
  expect((await fleet.capacity())[zone]).toBe(1);
});

test("only machines of the cluster's own groups are seen", async () => {
  const others = zones.map((zone) => ({
    ...zone,
    groups: zone.groups.map((group) => ({ ...group, autoScalingGroup: "x" })),
  }));
  const fleet = new AwsFleet(clients, "other", 6379, others);
  expect(await fleet.machines()).toEqual([]);
  await expect(fleet.heartbeat("i-unknown", "launching")).rejects.toThrow("i-unknown is in no group of other");
});

test("two controllers at once: one leads, the other takes over only after it has watched the lease stand still", async () => {
  let now = 1_000;
  const times = { lengthMs: 10_000, now: () => now };
  const lease = (owner: string) => new Lease(clients.s3, bucket, "race", owner, times);
  const [first, second] = [lease("first"), lease("second")];
  const taken = await Promise.all([first.acquire(), second.acquire()]);
  expect(taken.filter(Boolean).length).toBe(1);
  const [leader, other] = taken[0] === true ? [first, second] : [second, first];
  expect([leader.isHeld(), other.isHeld()]).toEqual([true, false]);
  now += 9_000;
  expect([await leader.acquire(), await other.acquire()]).toEqual([true, false]);
  now += 10_000;
  expect(leader.isHeld()).toBe(false);
  expect(await other.acquire()).toBe(false);
  now += 15_000;
  expect(await other.acquire()).toBe(true);
  expect([await leader.acquire(), leader.isHeld()]).toEqual([false, false]);
});

test("a clock that jumps on one machine gives nobody a second lease", async () => {
  let clock = 0;
  const steady = new Lease(clients.s3, bucket, "jump", "steady", { lengthMs: 10_000, now: () => 500 });
  const jumping = new Lease(clients.s3, bucket, "jump", "jumping", { lengthMs: 10_000, now: () => clock });
  expect(await steady.acquire()).toBe(true);
  clock = 1e12;
  expect(await jumping.acquire()).toBe(false);
  expect([steady.isHeld(), jumping.isHeld()]).toEqual([true, false]);
});

test("the mark that a cluster has held data outlives its controller", async () => {
  const times = { lengthMs: 10, now: () => performance.now() };
  const first = new Lease(clients.s3, bucket, "formed", "first", times);
  await first.acquire();
  first.formed = true;
  await first.acquire();
  const second = new Lease(clients.s3, bucket, "formed", "second", times);
  await second.acquire();
  expect(second.formed).toBe(true);
});

test("settings come from SSM; a wrong or missing one is refused by name", async () => {
  await putParameters("settings");
  const { settings, desiredSince } = await loadSettings(clients.ssm, "settings");
  expect([settings.desiredShards, settings.zones.length, settings.limits.nodeTimeoutMs]).toEqual([3, 3, 3000]);
  expect(desiredSince).toBeInstanceOf(Date);
  await storeDesiredShards(clients.ssm, "settings", 5);
  expect((await loadSettings(clients.ssm, "settings")).settings.desiredShards).toBe(5);
  const limits = JSON.parse(parameters.limits ?? "") as object;
  await putParameters("settings", { limits: JSON.stringify({ ...limits, minShards: 6 }) });
  expect((await loadSettings(clients.ssm, "settings")).settings.desiredShards).toBe(6);
  await putParameters("settings", { "desired-shards": "4", "replicas-per-shard": "1", desiredshards: "7" });
  await clients.ssm.send(new DeleteParameterCommand({ Name: "/mrgc/settings/budgets" }));
  const refused = loadSettings(clients.ssm, "settings");
  await expect(refused).rejects.toThrow("desiredshards: is not a parameter of the controller.");
  await expect(refused).rejects.toThrow(/desired-shards: 4 shards in 3 zones lose the voters' majority/);
  await expect(refused).rejects.toThrow(
    "replicas-per-shard: every shard has one node in each zone, so 3 zones need 2 (got 1).",
  );
  await expect(refused).rejects.toThrow('budgets: has to be JSON (got "nothing").');
});

test("the login comes from Secrets Manager", async () => {
  const secret = { username: "controller", password: "not-a-real-one", ca: "-----BEGIN CERTIFICATE-----" };
  const { ARN } = await clients.secrets.send(
    new CreateSecretCommand({ Name: "login", SecretString: JSON.stringify(secret) }),
  );
  const login = await loadConnection(clients.secrets, {
    port: 6379,
    tls: true,
    ...(ARN === undefined ? {} : { secretArn: ARN }),
  });
  expect(login).toEqual({ username: secret.username, password: secret.password, tls: { ca: secret.ca } });
});

test("load comes from CloudWatch in percent of the network baseline; minutes with a gap are left out", async () => {
  const minute = Math.floor(Date.now() / 60_000) * 60_000 - 300_000;
  const datum = (MetricName: string, Value: number, at: number) => ({
    MetricName,
    Value,
    Timestamp: new Date(at),
    Dimensions: [{ Name: "Cluster", Value: "hot" }],
  });
  await clients.cloudWatch.send(
    new PutMetricDataCommand({
      Namespace: "Mrgc/HotTier",
      MetricData: [
        datum("CPUUtilization", 72, minute),
        datum("CPUUtilization", 74, minute + 60_000),
        datum("NetworkBytesOut", 390_625_000, minute),
      ],
    }),
  );
  // 390,625,000 B/s x 8 = 3.125 Gbps, half of 6.25 Gbps
  expect(await readLoad(clients.cloudWatch, "hot", 7, 6.25e9, new Date())).toEqual([
    { atSeconds: minute / 1_000, cpuPercent: 72, dataBytes: 7, networkPercent: 50 },
  ]);
});

test("a pass without any machine orders them, writes an audit trail and metrics; events only wake it", async () => {
  const service = zones.map((zone) => ({
    ...zone,
    groups: zone.groups.map((group) => ({ ...group, maxNodes: 9 })),
  }));
  await putParameters("hot", { zones: JSON.stringify(service) });
  const { QueueUrl = "" } = await clients.sqs.send(new CreateQueueCommand({ QueueName: "events" }));
  await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "anything at all" }));
  const lines: Record<string, unknown>[] = [];
  const environment = { cluster: "hot", stateBucket: bucket, queueUrl: QueueUrl };
  const controller = new HotTierService(clients, environment, "me", (line) =>
    lines.push(JSON.parse(line) as Record<string, unknown>),
  );
  await controller.waitForEvent();
  const left = await clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
  );
  expect(left.Attributes?.ApproximateNumberOfMessages).toBe("0");
  const report = await controller.pass();
  expect(
    report?.outcomes.filter((outcome) => outcome.action.kind === "set-capacity").map(({ error }) => error),
  ).toEqual([undefined, undefined]);
  const pass = lines.find((line) => line.event === "pass");
  expect(pass).toMatchObject({ Cluster: "hot", SlotsCovered: 0, DesiredShards: 3, ActionsFailed: 0 });
  const audit = await clients.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: "hot/audit/" }));
  expect(audit.Contents?.length).toBe(1);
  const second = new HotTierService(clients, environment, "another", () => {});
  expect(await second.pass()).toBeUndefined();
  controller.close();
});

test("calls that AWS throttles or fails are retried, and one that keeps failing fails the pass with its name", async () => {
  let failures = 0;
  const { ssm } = clients;
  ssm.middlewareStack.add(
    (next) => (args) => {
      failures += 1;
      if (failures <= 2) {
        const error = Object.assign(new Error("Rate exceeded"), {
          name: "ThrottlingException",
          $retryable: { throttling: true },
        });
        return Promise.reject(error);
      }
      return next(args);
    },
    { step: "finalizeRequest", name: "throttle", priority: "low" },
  );
  await putParameters("throttled");
  expect((await loadSettings(ssm, "throttled")).settings.desiredShards).toBe(3);
  expect(failures).toBeGreaterThan(3);
  ssm.middlewareStack.remove("throttle");
  const { autoScaling } = clients;
  autoScaling.middlewareStack.add(
    () => () => Promise.reject(Object.assign(new Error("not authorized"), { name: "AccessDenied" })),
    { step: "finalizeRequest", name: "deny", priority: "low" },
  );
  const fleet = new AwsFleet(clients, "hot", 6379, zones);
  await expect(fleet.machines()).rejects.toThrow("not authorized");
  autoScaling.middlewareStack.remove("deny");
});
