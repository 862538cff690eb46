import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TerminateInstanceInAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startAwsEmulator } from "../../../test/support/aws-emulator.ts";
import type { AwsEmulator } from "../../../test/support/aws-emulator.ts";
import { awsClients } from "../src/aws/environment.ts";
import { verifyBackup } from "../src/backup/restore.ts";
import { BackupStore } from "../src/backup/store.ts";
import { Connections } from "../src/cluster/connections.ts";
import { parseClusterNodes } from "../src/cluster/parse.ts";
import type { NodeLine } from "../src/cluster/parse.ts";
import { countSlots } from "../src/slots.ts";
import { CloudCluster } from "./support/cloud-cluster.ts";
import { LiveClient } from "./support/live-client.ts";
import { freeBusPort } from "./support/local-fleet.ts";

// A scenario takes a minute on a quiet machine: a service looks every ten seconds when nothing wakes it.
vi.setConfig({ testTimeout: 400_000, hookTimeout: 120_000 });

const source = join(import.meta.dirname, "../src");
const connections = new Connections();
let aws: AwsEmulator;
let cloud: CloudCluster;
let service: Program;

/** A controller in a process of its own, as ECS or Lambda run it. */
interface Program {
  readonly child: ChildProcess;
  readonly lines: Record<string, unknown>[];
  readonly exit: Promise<number | null>;
  /** All of its output that is not JSON: errors. */
  readonly rest: string[];
}

beforeAll(async () => {
  aws = await startAwsEmulator("us-west-2");
  Object.assign(process.env, aws.environment);
  cloud = await CloudCluster.create(aws, awsClients(), await freeBusPort());
});

afterAll(async () => {
  service.child.kill("SIGKILL");
  connections.close();
  await cloud.close();
  await aws.stop();
});

function start(args: readonly string[], changed: Readonly<Record<string, string>> = {}): Program {
  const env = { ...process.env, ...cloud.variables, ...changed };
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  process.once("exit", () => child.kill("SIGKILL"));
  const lines: Record<string, unknown>[] = [];
  const rest: string[] = [];
  let open = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const parts = (open + chunk.toString()).split("\n");
    open = parts.pop() ?? "";
    lines.push(...parts.map((line) => JSON.parse(line) as Record<string, unknown>));
  });
  child.stderr.on("data", (chunk: Buffer) => rest.push(chunk.toString()));
  return { child, lines, rest, exit: once(child, "close").then(([code]) => code as number | null) };
}

/** `hot-tier serve`, as the ECS task runs it. */
function serve(changed: Readonly<Record<string, string>> = {}): Program {
  return start([join(source, "main.ts"), "serve"], changed);
}

/** The Lambda function, called once after the other by one warm process, as the schedule does. Each answer is a line. */
function invoke(changed: Readonly<Record<string, string>> = {}): Program {
  const calls = `const { handler } = await import(${JSON.stringify(join(source, "lambda.ts"))});
    for (;;) process.stdout.write(JSON.stringify({ answer: await handler() }) + "\\n");`;
  return start(["--input-type=module", "--eval", calls], changed);
}

/** The cluster as the first machine that answers sees it. */
async function nodes(): Promise<NodeLine[]> {
  for (const { address } of await cloud.machines()) {
    try {
      return parseClusterNodes(await connections.text(address, "CLUSTER", "NODES"));
    } catch {
      // Not up yet, or gone already: the next one.
    }
  }
  return [];
}

async function owners(): Promise<NodeLine[]> {
  return (await nodes()).filter(({ slots, flags }) => slots.length > 0 && !flags.has("fail"));
}

/** Until there are so many shards of three, every slot has an owner and no machine waits for anything. */
async function untilWhole(shards: number): Promise<void> {
  const deadline = performance.now() + 300_000;
  for (;;) {
    const machines = await cloud.machines();
    const lines = await nodes();
    const primaries = lines.filter(({ slots, flags }) => slots.length > 0 && !flags.has("fail"));
    const covered = primaries.reduce((sum, { slots }) => sum + countSlots(slots), 0);
    const inService = machines.filter(({ lifecycleState }) => lifecycleState === "InService");
    const shares = primaries.map(({ slots }) => countSlots(slots));
    const even = Math.max(...shares) - Math.min(...shares) <= 1;
    const counts = [lines.length, machines.length, inService.length];
    if (primaries.length === shards && even && covered === 16_384 && counts.every((count) => count === 3 * shards)) {
      return;
    }
    if (performance.now() > deadline) {
      throw new Error(
        `not whole: ${JSON.stringify({ machines, covered, lines: lines.length })} ${JSON.stringify(service.lines.filter(({ event }) => event !== "pass").slice(-12))} ${service.rest.join("")}`,
      );
    }
    await sleep(500);
  }
}

async function live(): Promise<LiveClient> {
  const client = new LiveClient((await cloud.machines()).map(({ address }) => address));
  await sleep(500);
  return client;
}

async function terminate(instanceId: string): Promise<void> {
  await cloud.clients.autoScaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: instanceId, ShouldDecrementDesiredCapacity: false }),
  );
}

async function machineOfAPrimary(): Promise<string> {
  const [primary] = await owners();
  const machine = (await cloud.machines()).find(({ address }) => address === primary?.address);
  return machine?.instanceId ?? "";
}

test("a service forms the cluster out of nothing: orders machines, completes their launch hooks", async () => {
  service = serve();
  await untilWhole(3);
  expect(service.rest).toEqual([]);
  const passes = service.lines.filter(({ event }) => event === "pass");
  expect(passes.length).toBeGreaterThan(1);
  expect(passes[0]).toMatchObject({ Cluster: "hot", DesiredShards: 3, SlotsCovered: 0 });
});

test("at rest it takes a backup of every shard by itself, and tells its age", async () => {
  const said = (name: string) => service.lines.filter(({ event }) => event === name);
  await expect.poll(() => said("backup-taken"), { timeout: 200_000 }).not.toEqual([]);
  // As long as it never had one, it tells its own age.
  expect(said("backup-age")).not.toEqual([]);
  expect(said("backup-file").map(({ file, done, of }) => [file, done, of])).toEqual(
    [0, 1, 2].map((index) => [`turn-1/shard-00${index}.rdb`, index + 1, 3]),
  );
  const [{ generation } = {}] = said("backup-taken");
  const store = new BackupStore(cloud.clients.s3, "state", "hot");
  expect(await store.list()).toEqual({ finished: [generation], unfinished: [] });
  expect((await verifyBackup(store, String(generation))).files.length).toBe(3);
  expect(said("backup-failed")).toEqual([]);
});

test("a terminating machine's hook waits for the failover, is completed, and its successor takes its place; nothing is lost", async () => {
  const client = await live();
  const before = await cloud.machines();
  const victim = await machineOfAPrimary();
  await terminate(victim);
  expect((await cloud.machines()).find(({ instanceId }) => instanceId === victim)?.lifecycleState).toBe(
    "Terminating:Wait",
  );
  await untilWhole(3);
  const after = await cloud.machines();
  const ids = before.map(({ instanceId }) => instanceId);
  expect(after.filter(({ instanceId }) => !ids.includes(instanceId)).length).toBe(1);
  expect(after.map(({ instanceId }) => instanceId)).not.toContain(victim);
  expect(await client.finish()).toMatchObject({ lost: [] });
});

test("a killed service is followed by the function: another machine ends and two shards more are wanted meanwhile", async () => {
  const client = await live();
  service.child.kill("SIGKILL");
  await service.exit;
  await terminate(await machineOfAPrimary());
  const parameter = { Name: "/mrgc/hot/desired-shards", Value: "5", Type: "String", Overwrite: true } as const;
  await cloud.clients.ssm.send(new PutParameterCommand(parameter));
  service = invoke();
  await untilWhole(5);
  const report = await client.finish();
  expect([report.lost, report.acknowledged > 100]).toEqual([[], true]);
  const answers = () => service.lines.flatMap(({ answer }) => (answer === undefined ? [] : [answer]));
  await expect.poll(answers, { timeout: 100_000 }).not.toEqual([]);
  const [first] = answers() as { passes: number; actions: number }[];
  expect(first?.passes).toBeGreaterThan(1);
  expect(first?.actions).toBeGreaterThan(0);
  expect(service.rest).toEqual([]);
});

test("every action is in the trail, with its pass and its reason", async () => {
  const { s3 } = cloud.clients;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: "state", Prefix: "hot/audit/" }));
  const texts = await Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: "state", Key }));
      return (await Body?.transformToString()) ?? "";
    }),
  );
  const entries = texts
    .flatMap((text) => text.trim().split("\n"))
    .map((line) => JSON.parse(line) as { pass: number; action: { kind: string; reason: string } });
  const kinds = new Set(entries.map(({ action }) => action.kind));
  for (const kind of [
    "set-capacity",
    "meet",
    "replicate",
    "complete-launch",
    "complete-termination",
    "failover",
    "move-slots",
  ]) {
    expect(kinds).toContain(kind);
  }
  expect(entries.every(({ action }) => action.reason !== "")).toBe(true);
  expect(new Set(entries.map(({ pass }) => pass)).size).toBeGreaterThan(1);
});

test("a call that cannot read its settings fails, naming the parameter, so that Lambda's own metric counts it", async () => {
  await cloud.putParameters("broken", { "desired-shards": "4" });
  const call = invoke({ MRGC_CLUSTER: "broken" });
  expect(await call.exit).toBe(1);
  expect(call.rest.join("")).toContain("desired-shards: 4 shards in 3 zones lose the voters' majority");
});

test("a service that cannot work says so at every pass, goes on, and ends at SIGTERM", async () => {
  await cloud.putParameters("refused", { "replicas-per-shard": "7" });
  const stubborn = serve({ MRGC_CLUSTER: "refused" });
  const failed = () => stubborn.lines.filter(({ event }) => event === "pass-failed");
  const deadline = performance.now() + 60_000;
  while (failed().length < 2 && performance.now() < deadline) {
    await sleep(100);
  }
  expect(failed()[1]).toMatchObject({ level: "error", error: expect.stringContaining("replicas-per-shard") as string });
  stubborn.child.kill("SIGTERM");
  expect(await stubborn.exit).toBe(0);
});
