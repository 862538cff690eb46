import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
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
import { AwsFleet } from "../src/aws/fleet.ts";
import { readLoad } from "../src/aws/load.ts";
import { HotTierService } from "../src/aws/service.ts";
import { generationName } from "../src/backup/schedule.ts";
import { BackupStore } from "../src/backup/store.ts";
import type { ZoneSettings } from "../src/run/settings.ts";
import { createGroup, createLaunchConfiguration } from "./support/groups.ts";

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
  await createLaunchConfiguration(autoScaling);
  zones = [];
  for (const subnet of Subnets.slice(0, 3)) {
    const zoneId = subnet.AvailabilityZoneId ?? "";
    const groups = ["a", "b"].map((name) => ({ name, autoScalingGroup: `hot-${zoneId}-${name}`, maxNodes: 2 }));
    zones.push({ zoneId, groups });
    for (const { autoScalingGroup } of groups) {
      await createGroup(autoScaling, autoScalingGroup, subnet.SubnetId ?? "", ["terminating"]);
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
  expect(settings.forecasts).toEqual([]);
  const forecasts = [{ fromMinute: 1_320, toMinute: 360, minShards: 7 }];
  await putParameters("settings", { forecasts: JSON.stringify(forecasts) });
  expect((await loadSettings(clients.ssm, "settings")).settings.forecasts).toEqual(forecasts);
  await putParameters("settings", { forecasts: JSON.stringify([{ fromMinute: 1_440, toMinute: 0, minShards: 0 }]) });
  const unknown = loadSettings(clients.ssm, "settings");
  await expect(unknown).rejects.toThrow(
    "forecasts[0].fromMinute: has to be a minute of the day, 0 to 1439 (got 1440).",
  );
  await expect(unknown).rejects.toThrow("forecasts[0].minShards: has to be a whole number of at least 1 (got 0).");
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
  ).toEqual([undefined, undefined, undefined]);
  const pass = lines.find((line) => line.event === "pass");
  expect(pass).toMatchObject({ Cluster: "hot", SlotsCovered: 0, DesiredShards: 3, ActionsFailed: 0 });
  const audit = await clients.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: "hot/audit/" }));
  expect(audit.Contents?.length).toBe(1);
  const second = new HotTierService(clients, environment, "another", () => {});
  expect(await second.pass()).toBeUndefined();
  controller.close();
});

/** A service and its lines, of a cluster whose lease is the service's own: it says since when there is data. */
async function serviceOf(cluster: string, formedAt: Date) {
  await putParameters(cluster);
  const Body = JSON.stringify({ owner: "me", term: 1, formed: true, formedAt: formedAt.toISOString() });
  await clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${cluster}/controller/lease.json`, Body }));
  const lines: Record<string, unknown>[] = [];
  const service = new HotTierService(clients, { cluster, stateBucket: bucket }, "me", (line) =>
    lines.push(JSON.parse(line) as Record<string, unknown>),
  );
  return { service, said: (event: string) => lines.filter((line) => line.event === event) };
}

test("the age of the newest backup is told whatever the cluster's state, and of a cluster that never had one its own age", async () => {
  const formedAt = new Date(Date.now() - 3 * 3_600_000);
  const { service, said } = await serviceOf("unsaved", formedAt);
  await service.pass();
  const metrics = (line: Record<string, unknown> | undefined) =>
    (line as { BackupAgeSeconds: number }).BackupAgeSeconds;
  const [first] = said("backup-age");
  expect(first).toMatchObject({ Cluster: "unsaved", _aws: { CloudWatchMetrics: [{ Namespace: "Mrgc/HotTier" }] } });
  expect(Math.floor(metrics(first) / 600)).toBe(18);
  const generation = generationName(new Date(Date.now() - 1_200_000));
  await new BackupStore(clients.s3, bucket, "unsaved").putManifest({
    ...{ version: 1, cluster: "unsaved", generation, files: [] },
    ...{ startedAt: formedAt.toISOString(), finishedAt: formedAt.toISOString() },
  });
  await service.pass();
  expect(Math.floor(metrics(said("backup-age")[1]) / 600)).toBe(2);
  service.close();
});

test("what fails beside a pass is named, rings the alarm of failing actions, and keeps nothing else from being done", async () => {
  const { service, said } = await serviceOf("beside", new Date());
  const deny = () => () =>
    Promise.reject(Object.assign(new Error("no endpoint for monitoring"), { name: "AccessDenied" }));
  clients.cloudWatch.middlewareStack.add(deny, { step: "finalizeRequest", name: "deny", priority: "low" });
  try {
    expect(await service.pass()).toBeDefined();
  } finally {
    clients.cloudWatch.middlewareStack.remove("deny");
  }
  expect(said("chore-failed")).toMatchObject([
    { chore: "scale", message: "AccessDenied: no endpoint for monitoring", ActionsFailed: 1, Cluster: "beside" },
  ]);
  expect(said("backup-age").length).toBe(1);
  const gone = { cluster: "beside", stateBucket: bucket, queueUrl: `${aws.endpoint}/123456789012/nowhere` };
  const lines: string[] = [];
  const deaf = new HotTierService(clients, gone, "me", (line) => lines.push(line));
  await deaf.waitForEvent();
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([{ event: "chore-failed", chore: "events" }]);
  service.close();
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
