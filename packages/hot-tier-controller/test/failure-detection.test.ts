import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Connections } from "../src/cluster/connections.ts";
import { ask } from "../src/cluster/look.ts";
import { newMemory } from "../src/cluster/memory.ts";
import { observe } from "../src/cluster/observe.ts";
import type { Observation } from "../src/cluster/observe.ts";
import { untilSilent } from "../src/cluster/watch.ts";
import { InstanceState } from "../src/model.ts";
import type { ObservedNode, Plan } from "../src/model.ts";
import { reconcile } from "../src/reconcile/reconcile.ts";
import { ClusterUnderTest, testBounds, zones } from "./support/cluster-under-test.ts";
import { freeBusPort } from "./support/local-fleet.ts";
import { startServer } from "./support/server-process.ts";
import { serverBinary } from "./support/servers.ts";

// A scenario takes seconds on a quiet machine; a busy one must not fail it.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let cluster: ClusterUnderTest;
const memory = newMemory(true);
/** The controller's clock: it goes as the test says. */
let now = 0;

beforeAll(async () => {
  cluster = await ClusterUnderTest.start("valkey-9.1", 3);
  await cluster.untilRest();
});

afterAll(() => cluster.close());

/** A look so many milliseconds after the one before. */
async function lookAfter(ms: number): Promise<{ observation: Observation; plan: Plan }> {
  now += ms;
  const observation = await observe(cluster.fleet, cluster.connections, memory, now);
  return { observation, plan: reconcile(observation.cluster, { shards: 3, zones }, testBounds) };
}

async function aPrimary(): Promise<ObservedNode> {
  const { observation } = await lookAfter(10_000);
  const primary = observation.cluster.nodes.find(({ reachable, slots }) => reachable && slots.length > 0);
  expect(primary).toBeDefined();
  return primary!;
}

function seen({ observation }: { observation: Observation }, { id }: ObservedNode): ObservedNode | undefined {
  return observation.cluster.nodes.find((node) => node.id === id);
}

test("a primary that misses one look, as during a fork, is not failed over, however long ago the look before was", async () => {
  const primary = await aPrimary();
  const { process: server } = cluster.fleet.machine(primary.instanceId);
  server?.kill("SIGSTOP");
  const missed = await lookAfter(10_000).finally(() => server?.kill("SIGCONT"));
  expect(seen(missed, primary)).toMatchObject({ reachable: false, downForMs: 0 });
  expect(missed.plan.actions).toEqual([]);
  expect(missed.plan.alarms.map(({ code }) => code)).toEqual(["waiting-for-election"]);
  expect(seen(await lookAfter(10_000), primary)).toMatchObject({ reachable: true });
});

test("a primary that only the controller cannot reach serves on: it is named, and neither failed over nor ended", async () => {
  const primary = await aPrimary();
  const password = "not-the-controllers";
  await cluster.connections.send(primary.address, "CONFIG", "SET", "requirepass", password);
  cluster.connections.drop(primary.address);
  await lookAfter(10_000);
  const missed = await lookAfter(testBounds.replaceAfterMs);
  expect(seen(missed, primary)).toMatchObject({ reachable: false, confirmedDown: false, downForMs: 600_000 });
  expect(missed.plan.actions).toEqual([]);
  const [alarm] = missed.plan.alarms;
  expect([alarm?.code, alarm?.subject]).toEqual(["not-confirmed", primary.id]);
  expect(alarm?.message).toContain(primary.address);
  const whoMay = new Connections({ password });
  await whoMay.send(primary.address, "CONFIG", "SET", "requirepass", "");
  whoMay.close();
  expect(seen(await lookAfter(10_000), primary)).toMatchObject({ reachable: true, role: "primary" });
});

test("a primary that is dead is called failing by the members too", async () => {
  const primary = await aPrimary();
  await cluster.fleet.kill(primary.instanceId);
  await expect.poll(async () => seen(await lookAfter(1_000), primary)?.confirmedDown, { timeout: 60_000 }).toBe(true);
  await cluster.fleet.restart(primary.instanceId);
  await cluster.untilRest();
});

test("between two looks a node that falls silent ends the wait; as long as all answer it goes on", async () => {
  const primary = await aPrimary();
  const addresses = cluster.addresses();
  const over = new AbortController();
  let ended = false;
  const watching = untilSilent(cluster.connections, addresses, over.signal).then(() => (ended = true));
  // Each of its questions is answered by nodes that count them.
  const pings = async () => {
    const stats = await cluster.connections.text(primary.address, "INFO", "commandstats");
    return Number(/cmdstat_ping:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  };
  const before = await pings();
  await expect.poll(pings, { timeout: 30_000 }).toBeGreaterThan(before + 1);
  expect(ended).toBe(false);
  await cluster.fleet.kill(primary.instanceId);
  await watching;
  over.abort();
  await cluster.fleet.restart(primary.instanceId);
  await cluster.untilRest();
  const stopped = new AbortController();
  stopped.abort();
  await untilSilent(cluster.connections, addresses, stopped.signal);
});

test("a node that refuses the question lives", async () => {
  const { address } = await aPrimary();
  await cluster.connections.send(address, "ACL", "SETUSER", "default", "-ping");
  const over = new AbortController();
  let ended = false;
  const watching = untilSilent(cluster.connections, [address], over.signal).then(() => (ended = true));
  const refused = async () =>
    Number(
      /cmdstat_ping:.*rejected_calls=(\d+)/.exec(
        await cluster.connections.text(address, "INFO", "commandstats"),
      )?.[1] ?? 0,
    );
  await expect.poll(refused, { timeout: 30_000 }).toBeGreaterThan(1);
  expect(ended).toBe(false);
  over.abort();
  await watching;
  await cluster.connections.send(address, "ACL", "SETUSER", "default", "+ping");
});

test("what is known of nodes that went is forgotten with them", async () => {
  memory.unsyncedSince.set("went", 1);
  memory.silentSince.set("i-went", 1);
  memory.failures.set("went too", { failures: 1, retryAt: 1 });
  const { observation } = await lookAfter(10_000);
  expect([memory.unsyncedSince.size, memory.silentSince.size, memory.failures.size]).toEqual([0, 0, 0]);
  expect(observation.cluster.nodes.length).toBe(9);
});

test("a server that loads its data says so itself: its members may not miss it, and it serves nothing", async () => {
  const directory = mkdtempSync(join(tmpdir(), "mrgc-loading-"));
  const connections = new Connections();
  const binary = await serverBinary("valkey-9.1");
  const port = String(await freeBusPort());
  const address = `127.0.0.1:${port}`;
  const start = (...settings: string[]) =>
    startServer({
      ...{ binary, host: "127.0.0.1", port, directory, nodeTimeoutMs: 2_000, appendonly: false, tls: false },
      settings,
    });
  let server = await start();
  try {
    await expect.poll(() => connections.text(address, "PING").catch(String), { timeout: 30_000 }).toBe("PONG");
    await connections.send(address, "CLUSTER", "ADDSLOTSRANGE", 0, 16_383);
    const filled = () => connections.text(address, "SET", "key:0", "x").catch(String);
    await expect.poll(filled, { timeout: 30_000 }).toBe("OK");
    const value = "x".repeat(1_024);
    await connections.pipeline(
      address,
      Array.from({ length: 300 }, (_, index) => ["SET", `key:${index}`, value]),
    );
    await connections.send(address, "CONFIG", "SET", "rdbcompression", "no");
    await connections.send(address, "SAVE");
    server.kill("SIGKILL");
    // Each key takes 100 ms to load, and the server answers in between.
    server = await start("--key-load-delay", "100000", "--loading-process-events-interval-bytes", "1024");
    const machine = { instanceId: "i-1", address, zone: "z1", state: InstanceState.Running };
    await expect.poll(() => ask(connections, machine, 1_000), { timeout: 30_000 }).toBe("loading");
  } finally {
    connections.close();
    server.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  }
});
