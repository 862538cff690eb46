import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { isAtRest } from "../src/run/controller.ts";
import { ClusterUnderTest, coveredSlots, describeShards } from "./support/cluster-under-test.ts";
import { LiveClient } from "./support/live-client.ts";

const even = [3276, 3277, 3277, 3277, 3277].map((slots) => `z1 z2 z3: ${slots}`);

// Valkey 8 waits for its replicas at every SETSLOT, which takes minutes on two cores: MRGC_ALL_SERVERS=1 runs it too.
const servers =
  process.env.MRGC_ALL_SERVERS === "1"
    ? (["redis-7.0", "redis-8.2", "valkey-8.1"] as const)
    : (["redis-7.0", "redis-8.2"] as const);

// Servers without atomic migration: slots move key by key, so that a controller that dies leaves slots open.
test.each(servers)(
  "%s: scale-out key by key under a writing client, with controllers that die in the middle",
  { timeout: 300_000 },
  async (server) => {
    const cluster = await ClusterUnderTest.start(server, 3);
    let client: LiveClient | undefined;
    try {
      await cluster.untilRest();
      client = new LiveClient(cluster.addresses());
      const { connections } = cluster;
      let opened = 0;
      let planted = 0;
      for (let pass = 0; pass < 1_000; pass++) {
        let steps = [12, 4, 40][pass % 3] ?? 1;
        const controller = cluster.newController(5, () => steps-- > 0);
        const report = await controller.tick();
        expect(coveredSlots(report)).toBe(16_384);
        opened += report.observation.cluster.openSlots.length;
        await cluster.fleet.refill();
        const [move] = report.plan.actions.filter((action) => action.kind === "move-slots");
        if (move?.kind === "move-slots" && planted < 3) {
          planted += 1;
          // What a controller leaves that is killed between two commands of a move.
          const { cluster: seen } = (await controller.plan()).observation;
          const from = seen.nodes.find((node) => node.id === move.from);
          const to = seen.nodes.find((node) => node.id === move.to);
          const slot = from?.slots[0]?.[0];
          if (from !== undefined && to !== undefined && slot !== undefined) {
            await connections.send(to.address, "CLUSTER", "SETSLOT", slot, "IMPORTING", from.id);
            await connections.send(from.address, "CLUSTER", "SETSLOT", slot, "MIGRATING", to.id);
          }
        }
        if (isAtRest(report)) {
          break;
        }
        await sleep(50);
      }
      expect(opened).toBeGreaterThan(0);
      cluster.newController(5);
      let shards: string[] = [];
      await cluster.untilRest((report) => (shards = describeShards(report)));
      expect(shards).toEqual(even);
      const report = await client.finish();
      expect(report.lost).toEqual([]);
      expect(report.acknowledged).toBeGreaterThan(100);
    } finally {
      client?.stop();
      await cluster.close();
    }
  },
);
