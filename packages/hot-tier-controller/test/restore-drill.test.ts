import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { restore } from "../src/backup/restore.ts";
import type { BackupStore } from "../src/backup/store.ts";
import { Controller, silentJournal } from "../src/run/controller.ts";
import { backUp, emulatedStore } from "./support/backup-store.ts";
import { ClusterUnderTest, testBounds, zones } from "./support/cluster-under-test.ts";
import { dumpCluster, fillCluster } from "./support/data.ts";

// The drill of docs/disaster-recovery.md, "The hot tier from a backup", on real servers.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const keysBefore = 3_000;
const keysAfter = 500;
let store: BackupStore;
let stop: () => Promise<void>;
let cluster: ClusterUnderTest;
let before: Map<string, string>;

beforeAll(async () => {
  ({ store, stop } = await emulatedStore());
  cluster = await ClusterUnderTest.start("valkey-9.1", 3);
  await cluster.untilRest();
  await fillCluster(await cluster.primaries(), keysBefore);
  before = await dumpCluster(cluster.connections, await cluster.primaries());
  await backUp(cluster, store, "2026-01-01T00-00-00Z");
  await fillCluster(await cluster.primaries(), keysAfter, "later:");
  expect((await dumpCluster(cluster.connections, await cluster.primaries())).size).toBe(keysBefore + keysAfter);
  const machines = await cluster.fleet.machines();
  await Promise.all(machines.map(({ instanceId }) => cluster.fleet.lose(instanceId)));
  await cluster.fleet.refill();
});

afterAll(async () => {
  await cluster.close();
  await stop();
});

test("the controller forms no empty cluster over lost data, however often it looks", async () => {
  cluster.alarms.length = 0;
  for (let pass = 0; pass < 5; pass++) {
    const { plan } = await cluster.controller.tick();
    expect(plan.actions.filter(({ kind }) => kind === "assign-slots")).toEqual([]);
  }
  expect(cluster.alarms.map(({ code, subject }) => `${code} ${subject}`)).toContain("slots-lost 0-16383");
});

test("a person forgets the loss, and the backup brings back all that it held and nothing else", async () => {
  // What deleting the lease does: the next controller knows of no cluster before.
  cluster.controller = new Controller({
    fleet: cluster.fleet,
    connections: cluster.connections,
    desired: { shards: 3, zones },
    bounds: testBounds,
    formed: false,
    journal: silentJournal,
  });
  await cluster.untilRest();
  const [newest = ""] = (await store.generations()).slice(-1);
  const { observation } = await cluster.controller.plan();
  const report = await restore(
    { store, connections: cluster.connections, observation, now: () => Date.now(), onFile: () => {} },
    newest,
  );
  expect(report.keys).toBe(keysBefore);
  const after = await dumpCluster(cluster.connections, await cluster.primaries());
  expect([...after.keys()].filter((key) => !before.has(key))).toEqual([]);
  expect([...before].filter(([key, dump]) => after.get(key) !== dump).map(([key]) => key)).toEqual([]);
});
