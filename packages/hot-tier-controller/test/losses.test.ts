import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { ClusterUnderTest } from "./support/cluster-under-test.ts";
import { bringBack, lose, nodesOf, startCluster } from "./support/losses.ts";

// A scenario takes seconds on a quiet machine; a busy one must not fail it.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let cluster: ClusterUnderTest;

beforeAll(async () => {
  cluster = await startCluster(3, 1_000);
});

afterAll(() => cluster.close());

test("losing replicas only is no loss, and is refused instead of measured as a quick recovery", async () => {
  const nodes = await nodesOf(cluster);
  const replicas = nodes.filter((node) => node.role === "replica").slice(0, 2);
  await expect(lose(cluster, nodes, replicas, true)).rejects.toThrow(/owns a slot: there is nothing to measure/);
});

test("nor is losing a node that was a primary when somebody looked last", async () => {
  const nodes = await nodesOf(cluster);
  const victim = nodes.find((node) => node.role === "primary");
  const heir = nodes.find((node) => node.primaryId === victim?.id);
  await cluster.connections.send(heir?.address ?? "", "CLUSTER", "FAILOVER");
  while ((await nodesOf(cluster)).find((node) => node.id === heir?.id)?.role !== "primary") {
    await sleep(50);
  }
  await expect(lose(cluster, nodes, victim === undefined ? [] : [victim], true)).rejects.toThrow(
    `${heir?.address} takes writes for ${victim?.address} already`,
  );
  await cluster.untilRest();
});

test("a zone's loss counts the slots that had no owner, and ends when each takes a write", async () => {
  const nodes = await nodesOf(cluster);
  const victims = nodes.filter((node) => node.zone === "z2");
  const owned = victims.flatMap((node) => node.slots).reduce((sum, [first, last]) => sum + last - first + 1, 0);
  const loss = await lose(cluster, nodes, victims, true);
  expect(loss.slots).toBe(owned);
  // Nobody is called dead before the node timeout, so nothing can be back before it.
  expect(loss.seconds).toBeGreaterThanOrEqual(0.5);
  const after = await nodesOf(cluster);
  expect(after.filter((node) => node.reachable && node.slots.length > 0).length).toBe(3);
  await bringBack(cluster, victims);
  const zonesOfPrimaries = (await nodesOf(cluster)).filter((node) => node.role === "primary").map((node) => node.zone);
  expect(zonesOfPrimaries.sort()).toEqual(["z1", "z2", "z3"]);
});
