import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { slotMigrations } from "../src/cluster/look.ts";
import { isAtRest } from "../src/run/controller.ts";
import type { PassReport } from "../src/run/controller.ts";
import { countSlots } from "../src/slots.ts";
import { ClusterUnderTest, coveredSlots, describeShards, testBounds } from "./support/cluster-under-test.ts";
import { countKeys, fillBytes } from "./support/data.ts";
import { LiveClient } from "./support/live-client.ts";
import { MortalConnections } from "./support/mortal-connections.ts";
import { redisWithImport } from "./support/servers.ts";

const even = [3276, 3277, 3277, 3277, 3277].map((slots) => `z1 z2 z3: ${slots}`);
const keys = 3_000;
const options = { timeout: 300_000 };

// Valkey 8 waits for its replicas at every SETSLOT, which takes minutes on two cores: MRGC_ALL_SERVERS=1 runs it too.
const servers =
  process.env.MRGC_ALL_SERVERS === "1"
    ? (["redis-7.0", "redis-8.2", "valkey-8.1"] as const)
    : (["redis-7.0", "redis-8.2"] as const);

/** Scales to five shards under a writing client, by controllers that die after a few steps, and compares what is there then. */
async function scaleOut(cluster: ClusterUnderTest, look: (report: PassReport) => Promise<void>): Promise<void> {
  await cluster.untilRest();
  // Names of keys need not be text.
  await fillBytes(await cluster.primaries(), keys);
  const client = new LiveClient(cluster.addresses());
  try {
    for (let pass = 0; pass < 1_000; pass++) {
      // Every other one dies between two commands: a look at each node is one, the others are spent on actions.
      let steps = [12, 4, 40][pass % 3] ?? 1;
      const machines = await cluster.fleet.machines();
      const mortal = new MortalConnections(pass % 2 === 0 ? Infinity : machines.length + (pass % 61));
      const controller = cluster.newController(5, () => steps-- > 0, testBounds, mortal);
      const report = await controller.tick();
      mortal.close();
      expect(coveredSlots(report)).toBe(16_384);
      await cluster.fleet.refill();
      await look(report);
      if (isAtRest(report)) {
        break;
      }
      await sleep(50);
    }
    cluster.newController(5);
    let shards: string[] = [];
    await cluster.untilRest((report) => (shards = describeShards(report)));
    expect(shards).toEqual(even);
    const report = await client.finish();
    expect(report.lost).toEqual([]);
    expect(report.acknowledged).toBeGreaterThan(100);
    expect(await countKeys(cluster.connections, await cluster.primaries(), "bytes:*")).toBe(keys);
  } finally {
    client.stop();
  }
}

// Servers without atomic migration: slots move key by key, so that a controller that dies leaves slots open.
test.each(servers)(
  "%s: scale-out key by key under a writing client, with controllers that die in the middle",
  options,
  async (server) => {
    const cluster = await ClusterUnderTest.start(server, 3);
    try {
      const { connections } = cluster;
      let opened = 0;
      let planted = 0;
      await scaleOut(cluster, async (report) => {
        opened += report.observation.cluster.openSlots.length;
        const [move] = report.plan.actions.filter((action) => action.kind === "move-slots");
        if (move?.kind === "move-slots" && planted < 3) {
          planted += 1;
          // What a controller leaves that is killed between two commands of a move.
          const { cluster: seen } = (await cluster.controller.plan()).observation;
          const from = seen.nodes.find((node) => node.id === move.from);
          const to = seen.nodes.find((node) => node.id === move.to);
          const slot = from?.slots[0]?.[0];
          if (from !== undefined && to !== undefined && slot !== undefined) {
            await connections.send(to.address, "CLUSTER", "SETSLOT", slot, "IMPORTING", from.id);
            await connections.send(from.address, "CLUSTER", "SETSLOT", slot, "MIGRATING", to.id);
          }
        }
      });
      expect(opened).toBeGreaterThan(0);
    } finally {
      await cluster.close();
    }
  },
);

const redis = await redisWithImport();
const why = redis === undefined ? " (skipped: no Redis 8.4 or newer; say where one is with MRGC_REDIS_SERVER)" : "";

test.skipIf(redis === undefined)(
  `redis-8.4: scale-out by CLUSTER MIGRATION IMPORT under a writing client, with controllers that die in the middle${why}`,
  options,
  async () => {
    const cluster = await ClusterUnderTest.start("redis-8.4", 3);
    try {
      const opened: number[] = [];
      await scaleOut(cluster, async (report) => {
        opened.push(...report.observation.cluster.openSlots.map(({ slot }) => slot));
        return Promise.resolve();
      });
      expect(opened).toEqual([]);
      expect(cluster.failures).toEqual([]);
      const jobs = await Promise.all(
        (await cluster.primaries()).map((address) => slotMigrations(cluster.connections, address, "redis-atomic")),
      );
      const imports = jobs.flat().filter(({ operation }) => operation === "import");
      expect(new Set(imports.map(({ target }) => target)).size).toBe(2);
      expect(new Set(imports.map(({ state }) => state))).toEqual(new Set(["completed"]));
    } finally {
      await cluster.close();
    }
  },
);

// What a pair of shards falls back to whose atomic jobs fail again and again.
test("valkey-9.1: slots move key by key as well, although the server could do it atomically", options, async () => {
  const cluster = await ClusterUnderTest.start("valkey-9.1", 3);
  try {
    await cluster.untilRest();
    await fillBytes(await cluster.primaries(), keys);
    const client = new LiveClient(cluster.addresses());
    const { nodes } = (await cluster.controller.plan()).observation.cluster;
    const [from, to] = nodes.filter((node) => node.role === "primary");
    const first = from?.slots[0]?.[0] ?? 0;
    await cluster.moveByHand(from?.id ?? "", to?.id ?? "", [[first, first + 99]], true);
    const after = (await cluster.controller.plan()).observation.cluster;
    const owner = after.nodes.find((node) => node.id === to?.id);
    expect(countSlots(owner?.slots ?? [])).toBe(countSlots(to?.slots ?? []) + 100);
    expect(after.openSlots).toEqual([]);
    expect((await client.finish()).lost).toEqual([]);
    expect(await countKeys(cluster.connections, await cluster.primaries(), "bytes:*")).toBe(keys);
    expect(await slotMigrations(cluster.connections, from?.address ?? "", "valkey-atomic")).toEqual([]);
  } finally {
    await cluster.close();
  }
});
