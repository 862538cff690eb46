import { setTimeout as sleep } from "node:timers/promises";
import { Connections } from "../../packages/hot-tier-controller/src/cluster/connections.ts";
import { Controller, isAtRest, silentJournal } from "../../packages/hot-tier-controller/src/run/controller.ts";
import { defaultBounds } from "../../packages/hot-tier-controller/src/model.ts";
import { coveredSlots, zones } from "../../packages/hot-tier-controller/test/support/cluster-under-test.ts";
import { LocalFleet } from "../../packages/hot-tier-controller/test/support/local-fleet.ts";
import { serverBinary } from "../../packages/hot-tier-controller/test/support/servers.ts";
import { DriverDelay, median, quantile } from "./servers.ts";

/** Seconds from the kill of all nodes of a zone until every slot has a live owner again. */
export interface ZoneLossResult {
  readonly nodes: number;
  readonly ourSeconds: readonly number[];
  readonly sourceSeconds: readonly number[];
  readonly driverDelayMs: number;
}

/** The source document's node timeout (R75), and ours. */
const sourceTimeoutMs = 5_000;
const ourTimeoutMs = 3_000;
const patienceMs = 70_000;

/** Runs take turns between the two settings, each on a cluster of its own that lives through all runs. */
export async function measureZoneLoss(shards: number, runs: number): Promise<ZoneLossResult> {
  const ours = await start(shards, ourTimeoutMs);
  const result = {
    nodes: shards * zones.length,
    ourSeconds: [] as number[],
    sourceSeconds: [] as number[],
    driverDelayMs: 0,
  };
  const delay = new DriverDelay();
  try {
    const source = await start(shards, sourceTimeoutMs);
    try {
      for (let round = 0; round < runs; round++) {
        const zone = zones[round % zones.length] ?? "";
        result.ourSeconds.push(await loseZone(ours, zone));
        result.sourceSeconds.push(await loseZone(source, zone));
      }
    } finally {
      await stop(source);
    }
  } finally {
    await stop(ours);
    result.driverDelayMs = quantile(await delay.stop(), 0.99);
  }
  return result;
}

export function describeZoneLoss(result: ZoneLossResult): string {
  const ratios = result.sourceSeconds.map((source, index) => source / (result.ourSeconds[index] ?? Number.NaN));
  const line = (numbers: readonly number[]): string =>
    `median ${median(numbers).toFixed(1)} s, worst ${Math.max(...numbers).toFixed(1)} s (${numbers.map((n) => n.toFixed(1)).join(", ")})`;
  return [
    `${result.nodes} nodes, Valkey 9.1, ${result.ourSeconds.length} runs each in turns, driver's own delay p99 ${result.driverDelayMs.toFixed(1)} ms:`,
    `  node timeout ${ourTimeoutMs}, with the controller:   ${line(result.ourSeconds)}`,
    `  node timeout ${sourceTimeoutMs}, as the source has it: ${line(result.sourceSeconds)}`,
    `  source / ours: median ${median(ratios).toFixed(2)}`,
  ].join("\n");
}

interface Cluster {
  readonly fleet: LocalFleet;
  readonly connections: Connections;
  readonly controller: Controller;
  readonly tended: boolean;
}

async function start(shards: number, nodeTimeoutMs: number): Promise<Cluster> {
  const fleet = new LocalFleet({ binary: await serverBinary("valkey-9.1"), zones, nodeTimeoutMs });
  const connections = new Connections();
  const controller = new Controller({
    fleet,
    connections,
    desired: { shards, zones },
    bounds: { ...defaultBounds, nodeTimeoutMs },
    journal: silentJournal,
  });
  const cluster = { fleet, connections, controller, tended: nodeTimeoutMs === ourTimeoutMs };
  await untilRest(cluster);
  return cluster;
}

async function stop(cluster: Cluster): Promise<void> {
  cluster.connections.close();
  await cluster.fleet.close();
}

/** The source's cluster has to help itself: its controller only looks. Afterwards both are made whole by theirs. */
async function loseZone(cluster: Cluster, zone: string): Promise<number> {
  // While the other cluster had its turn, nobody tended this one.
  await untilRest(cluster);
  const lost = (await cluster.fleet.machines()).filter((machine) => machine.zone === zone);
  const started = performance.now();
  await Promise.all(lost.map((machine) => cluster.fleet.kill(machine.instanceId)));
  for (;;) {
    const report = cluster.tended
      ? await cluster.controller.tick()
      : { ...(await cluster.controller.plan()), outcomes: [], tookMs: 0 };
    const seconds = (performance.now() - started) / 1_000;
    if (coveredSlots(report) === 16_384 || seconds * 1_000 > patienceMs) {
      await Promise.all(lost.map((machine) => cluster.fleet.restart(machine.instanceId)));
      await untilRest(cluster);
      return seconds;
    }
    await sleep(50);
  }
}

async function untilRest(cluster: Cluster): Promise<void> {
  for (let quiet = 0; quiet < 2;) {
    const report = await cluster.controller.tick();
    await cluster.fleet.refill();
    quiet = isAtRest(report) ? quiet + 1 : 0;
    await sleep(100);
  }
}
