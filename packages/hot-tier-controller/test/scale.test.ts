import { PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startAwsEmulator } from "../../../test/support/aws-emulator.ts";
import type { AwsEmulator } from "../../../test/support/aws-emulator.ts";
import { awsClients } from "../src/aws/environment.ts";
import type { AwsClients, LoadedSettings } from "../src/aws/environment.ts";
import { scaleIfDue } from "../src/aws/scale.ts";
import type { LastScaling } from "../src/aws/scale.ts";
import { ServiceLog } from "../src/aws/service-log.ts";
import type { Look } from "../src/cluster/look.ts";
import type { PassReport } from "../src/run/controller.ts";

const gb = 1_000_000_000;
let aws: AwsEmulator;
let clients: AwsClients;
let lines: Record<string, unknown>[];

beforeAll(async () => {
  aws = await startAwsEmulator("us-west-2");
  Object.assign(process.env, aws.environment);
  clients = awsClients();
});

beforeEach(() => {
  lines = [];
});

afterAll(() => aws.stop());

/** Twenty minutes of CPU until now, of a cluster of its own. */
async function load(cluster: string, cpuPercent: number): Promise<void> {
  const minute = Math.floor(Date.now() / 60_000) * 60_000;
  const Dimensions = [{ Name: "Cluster", Value: cluster }];
  const MetricData = Array.from({ length: 20 }, (_, ago) => new Date(minute - (ago + 1) * 60_000)).flatMap(
    (Timestamp) => [
      { MetricName: "CPUUtilization", Value: cpuPercent, Timestamp, Dimensions },
      { MetricName: "NetworkBytesOut", Value: 1, Timestamp, Dimensions },
    ],
  );
  await clients.cloudWatch.send(new PutMetricDataCommand({ Namespace: "Mrgc/HotTier", MetricData }));
}

function settings(desiredShards: number, minutesAgo: number): LoadedSettings {
  return {
    settings: {
      desiredShards,
      zones: [],
      limits: {
        ...{ minShards: 16, maxShards: 40, maxmemoryBytes: 88 * gb },
        ...{ networkBaselineBitsPerSecond: 6.25e9, nodeTimeoutMs: 3_000 },
      },
      budgets: {
        ...{ migrationBytesPerSecond: 2e8, migrationJobBytes: 2e9, parallelMigrations: 4 },
        ...{ backupBytesPerSecond: 4e8, backupIntervalSeconds: 3_600, backupsKept: 24 },
      },
      connection: { port: 6379, tls: true },
      forecasts: [],
    },
    desiredSince: new Date(Date.now() - minutesAgo * 60_000),
  };
}

/** A pass that saw so many primaries with so much memory in use, of which the data set is half and 1 GB is buffers. */
function report(owners: number, usedGb: number, moving = false): PassReport {
  const ids = Array.from({ length: owners }, (_, index) => `n${index}`);
  const nodes = ids.map((id) => ({ id, reachable: true, slots: [[0, 0]], usedBytes: (usedGb * gb) / 2 }));
  const info = new Map([
    ["used_memory", String((usedGb + 1) * gb)],
    ["mem_not_counted_for_evict", String(gb)],
  ]);
  const looks = new Map(ids.map((id) => [id, { info } as unknown as Look]));
  const actions = moving ? [{ kind: "move-slots" }] : [];
  return {
    plan: { actions, alarms: [] },
    outcomes: [],
    tookMs: 0,
    observation: { cluster: { nodes }, looks },
  } as unknown as PassReport;
}

async function scale(cluster: string, loaded: LoadedSettings, pass: PassReport, last?: LastScaling) {
  const log = new ServiceLog(cluster, (line) => lines.push(JSON.parse(line) as Record<string, unknown>));
  const options = { clients, cluster, log, holdsLease: () => true, ...(last === undefined ? {} : { last }) };
  const change = await scaleIfDue(options, loaded, pass);
  const stored = clients.ssm.send(new GetParameterCommand({ Name: `/mrgc/${cluster}/desired-shards` }));
  return { change, stored: await stored.then(({ Parameter }) => Parameter?.Value).catch(() => undefined) };
}

test("eight minutes after it scaled for CPU it scales again; another process, which does not know why, waits for the longest cooldown", async () => {
  await load("busy", 90);
  const last = { shards: 20, because: "cpu" } as const;
  expect(await scale("busy", settings(20, 8), report(20, 10))).toEqual({ change: undefined, stored: undefined });
  expect(await scale("busy", settings(20, 8), report(20, 10), { ...last, shards: 18 })).toMatchObject({
    change: undefined,
  });
  expect(await scale("busy", settings(20, 8), report(20, 10), last)).toEqual({
    change: { shards: 22, because: "cpu" },
    stored: "22",
  });
  expect(lines).toMatchObject([{ event: "scale", from: 20, to: 22, reason: "CPU above 70 %" }]);
});

test("it waits until the last change is finished", async () => {
  await load("growing", 90);
  expect((await scale("growing", settings(20, 60), report(18, 10))).change).toBeUndefined();
  expect((await scale("growing", settings(20, 60), report(20, 10, true))).change).toBeUndefined();
  expect((await scale("growing", settings(20, 60), report(20, 10))).change).toEqual({ shards: 22, because: "cpu" });
});

test("what counts against maxmemory decides how many shards the data needs, and not the values alone", async () => {
  await load("calm", 10);
  // 20 x 73 GB / (88 GB x 85 %) = 19.5: no shard can go, although the values alone would fit into 10.
  expect((await scale("calm", settings(20, 60), report(20, 73))).change).toBeUndefined();
  expect((await scale("calm", settings(20, 60), report(20, 40))).change).toEqual({ shards: 18, because: "low" });
});

test("data that needs more shards than there may be is a refusal that people are told of", async () => {
  await load("full", 50);
  await scale("full", settings(40, 60), report(40, 80));
  // 40 x 80 GB / (88 GB x 85 %) = 42.8
  expect(lines).toMatchObject([{ event: "scale-refused", Refusals: 1, level: "error" }]);
  expect(lines[0]?.message).toMatch(/^the data needs 43 shards and limits.maxShards is 40: /);
});
