import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startAwsEmulator } from "../../../test/support/aws-emulator.ts";
import type { AwsEmulator } from "../../../test/support/aws-emulator.ts";
import { ServerUser } from "../../components/src/hot-tier-redis/server-users.ts";
import { awsClients } from "../src/aws/environment.ts";
import type { AwsClients } from "../src/aws/environment.ts";
import { takeBackup } from "../src/backup/backup.ts";
import { verifyBackup } from "../src/backup/restore.ts";
import { BackupStore } from "../src/backup/store.ts";
import type { Report } from "../src/checks/report.ts";
import { Connections } from "../src/cluster/connections.ts";
import type { PassReport } from "../src/run/controller.ts";
import { ClusterUnderTest, coveredSlots, describeShards } from "./support/cluster-under-test.ts";
import { LiveClient } from "./support/live-client.ts";
import { SecureServers } from "./support/secure-servers.ts";

// A scenario takes seconds on a quiet machine; a busy one must not fail it.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const run = promisify(execFile);
const main = join(import.meta.dirname, "../src/main.ts");
const secure = new SecureServers();
const application = secure.login(ServerUser.Application);
const controller = secure.login(ServerUser.Controller);
let aws: AwsEmulator;
let clients: AwsClients;
let cluster: ClusterUnderTest;
let last: PassReport;

beforeAll(async () => {
  aws = await startAwsEmulator("us-west-2");
  Object.assign(process.env, aws.environment);
  clients = awsClients();
  // Debian's Redis is the one server binary at hand that is built with TLS.
  cluster = await ClusterUnderTest.start("redis-7.0", 3, secure.settings, false, controller);
  await cluster.untilRest((report) => (last = report));
});

afterAll(async () => {
  await cluster.close();
  await aws.stop();
  secure.remove();
});

test("a cluster forms where nothing is said in clear and every user has a password", () => {
  expect(describeShards(last)).toEqual(["z1 z2 z3: 5461", "z1 z2 z3: 5461", "z1 z2 z3: 5462"]);
});

test("shards come and go, and a primary dies, under the application's own user: nothing is lost", async () => {
  const live = new LiveClient(cluster.addresses(), 4, false, application);
  for (const shards of [5, 3]) {
    cluster.newController(shards);
    await cluster.untilRest((report) => {
      expect(coveredSlots(report)).toBe(16_384);
      last = report;
    });
    expect(describeShards(last).length).toBe(shards);
  }
  expect(cluster.failures.filter((failure) => failure.startsWith("move-slots"))).toEqual([]);
  const report = await live.finish();
  expect([report.lost, report.acknowledged > 100]).toEqual([[], true]);
  const primary = last.observation.cluster.nodes.find((node) => node.role === "primary");
  await cluster.fleet.kill(primary?.instanceId ?? "");
  await cluster.untilCovered();
  await cluster.fleet.restart(primary?.instanceId ?? "");
  await cluster.untilRest((pass) => (last = pass));
  expect(describeShards(last).length).toBe(3);
});

test("a primary that comes back after its place was taken is emptied and joins, with the rights that the controller has", async () => {
  const primary = last.observation.cluster.nodes.find((node) => node.role === "primary");
  const victim = cluster.fleet.machine(primary?.instanceId ?? "");
  const client = new LiveClient(cluster.addresses(), 4, false, application);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect((await client.finish()).acknowledged).toBeGreaterThan(100);
  // Its data are on its disk.
  await cluster.connections.send(victim.address, "SAVE");
  await cluster.fleet.kill(victim.instanceId);
  victim.state = "gone";
  await cluster.untilRest((pass) => (last = pass));
  cluster.fleet.capacities.set(victim.zone, 4);
  victim.state = "running";
  await cluster.fleet.restart(victim.instanceId);
  const done: string[] = [];
  await cluster.untilRest((pass) => {
    expect(coveredSlots(pass)).toBe(16_384);
    done.push(...pass.outcomes.map(({ action, error }) => `${action.kind}${error === undefined ? "" : `: ${error}`}`));
    last = pass;
  });
  expect(done).toContain("wipe");
  expect(done.filter((outcome) => outcome.startsWith("wipe:"))).toEqual([]);
  expect(describeShards(last).length).toBe(3);
});

test.each([
  ["without TLS", { username: "application", password: "password of application" }, /ECONNRESET|Connection is closed/],
  [
    "with another authority",
    { ...application, tls: { ca: readFileSync(secure.makeAuthority("stranger"), "utf8") } },
    /unable to verify|self-signed certificate/,
  ],
  [
    "with the system's authorities",
    { ...application, tls: {} },
    /unable to verify|self-signed certificate|unable to get local issuer/,
  ],
  ["with a wrong password", { ...application, password: "wrong" }, /WRONGPASS|invalid username-password/],
  ["as nobody", { tls: application.tls }, /NOAUTH|Authentication required/],
])("nobody gets in %s", async (_, login, message) => {
  const connections = new Connections(login);
  const [address = ""] = await cluster.primaries();
  try {
    await expect(connections.send(address, "PING")).rejects.toThrow(message);
  } finally {
    connections.close();
  }
});

test("the application reads and writes and learns where nodes are, and administers nothing", async () => {
  const connections = new Connections(application);
  const [address = ""] = await cluster.primaries();
  try {
    expect(await connections.text(address, "CLUSTER", "NODES")).toContain("myself");
    for (const words of [
      ["CONFIG", "GET", "masterauth"],
      ["CLUSTER", "RESET"],
      ["FLUSHALL"],
      ["ACL", "LIST"],
      ["KEYS", "*"],
    ]) {
      await expect(connections.send(address, ...words), words.join(" ")).rejects.toThrow(/NOPERM/);
    }
  } finally {
    connections.close();
  }
});

test("the controller's user may not destroy data by one word", async () => {
  const [address = ""] = await cluster.primaries();
  await expect(cluster.connections.send(address, "FLUSHALL")).rejects.toThrow(/NOPERM/);
});

test("a backup is taken over TLS, and whole", async () => {
  await clients.s3.send(
    new CreateBucketCommand({ Bucket: "state", CreateBucketConfiguration: { LocationConstraint: "us-west-2" } }),
  );
  const store = new BackupStore(clients.s3, "state", "hot");
  const options = {
    cluster: "hot",
    login: controller,
    store,
    bytesPerSecond: 1e9,
    onFile: () => {},
    mayGoOn: () => true,
  };
  const observe = async () => (await cluster.controller.plan()).observation;
  const { generation } = await takeBackup({ ...options, observe }, "2026-11-21T00-00-00Z");
  expect((await verifyBackup(store, generation)).files.length).toBe(3);
});

test("the command takes the authority from a file and the password from the environment", async () => {
  const nodes = last.observation.cluster.nodes.flatMap(({ zone, address }) => ["--node", `${zone}=${address}`]);
  const args = [main, ...nodes, "--ca-file", secure.caFile, "--username", controller.username, "status"];
  const { stdout } = await run(process.execPath, args, {
    env: { ...process.env, HOT_TIER_PASSWORD: controller.password },
  });
  expect(stdout).toContain("16384 of 16384 slots are served");
});

test("a load logs in by a secret, whose value is in no argument and in no line of the report", async () => {
  const { ARN = "" } = await clients.secrets.send(
    new CreateSecretCommand({
      Name: "application",
      SecretString: JSON.stringify({ username: application.username, password: application.password, ca: secure.ca }),
    }),
  );
  const nodes = last.observation.cluster.nodes.flatMap(({ zone, address }) => ["--node", `${zone}=${address}`]);
  const load = ["--seconds", "1", "--rate", "500", "--keys", "100", "--count", "3", "--json", "-"];
  const { stdout, stderr } = await run(process.execPath, [main, ...nodes, "check", "--secret", ARN, ...load]);
  const report = JSON.parse(stdout) as Report;
  expect(report.verdict).toBe("pass");
  expect(report.rows.filter(({ check }) => check === "ping").map(({ figures }) => figures.count)).toEqual(
    nodes.filter((word) => word !== "--node").map(() => 3),
  );
  expect(report.rows.find(({ check }) => check === "operations")?.figures.operations).toBeGreaterThan(0);
  expect(`${stdout}${stderr}`).not.toContain(application.password);
});

test("a region's check needs nothing but the stack's outputs: nodes come from the seeds, zones from the subnets", async () => {
  const { ARN = "" } = await clients.secrets.send(
    new CreateSecretCommand({
      Name: "from-outputs",
      SecretString: JSON.stringify({ username: application.username, password: application.password, ca: secure.ca }),
    }),
  );
  const [seed = ""] = await cluster.primaries();
  const outputs = {
    region: "us-west-2",
    plan: { subnets: [{ tier: "data", zoneId: "usw2-az1", cidrBlock: "127.0.0.0/24" }] },
    hotTierEndpoint: seed,
    hotTierSecretArn: ARN,
  };
  const file = join(mkdtempSync(join(tmpdir(), "mrgc-outputs-")), "outputs.json");
  writeFileSync(file, JSON.stringify(outputs));
  const load = ["--seconds", "1", "--rate", "500", "--keys", "100", "--count", "2", "--json", "-"];
  const { stdout } = await run(process.execPath, [main, "check", "--region", "us-west-2", "--outputs", file, ...load]);
  rmSync(dirname(file), { recursive: true });
  const report = JSON.parse(stdout) as Report;
  expect(report).toMatchObject({ region: "us-west-2", fromZone: "usw2-az1", verdict: "pass" });
  const targets = (check: string) => report.rows.filter((row) => row.check === check).map(({ target }) => target);
  const nodes = last.observation.cluster.nodes.map(({ address }) => `usw2-az1 ${address}`);
  expect(targets("ping").sort()).toEqual(nodes.sort());
  expect(targets("connect")).toContain(`hot tier seeds usw2-az1 ${seed}`);
  expect(targets("GET")).toEqual(["primaries in usw2-az1"]);
});

test("a region without outputs at hand says how to get them", async () => {
  const checked = run(process.execPath, [main, "check", "--region", "us-west-2"], {
    env: { ...process.env, PATH: "/nowhere" },
  });
  await expect(checked).rejects.toThrow(/pulumi stack output --json --stack us-west-2 > outputs\.json; then here/);
});
