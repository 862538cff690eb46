import { setTimeout as sleep } from "node:timers/promises";
import { ClientProcess } from "./client-process.ts";
import { say, watched } from "./driver.ts";
import { countElections, electionsSince } from "./elections.ts";
import type { Elections } from "./elections.ts";
import { nodesOf, startCluster } from "../../packages/hot-tier-controller/test/support/losses.ts";
import { latencies } from "./statistics.ts";
import type { Latencies } from "./statistics.ts";

/** A cluster that nothing happens to but load. */
export interface FalseFailoverResult {
  readonly nodes: number;
  readonly seconds: number;
  readonly writesPerSecond: number;
  /** Snapshots that were taken meanwhile, each with a fork. */
  readonly forks: number;
  readonly elections: Elections;
  /** What the controller did, which should be nothing. */
  readonly actions: number;
  readonly driverDelayMs: Latencies;
}

const nodeTimeoutMs = 3_000;
const writers = 128;
const forkEveryMs = 5_000;

/** As many writes as the machine can do, snapshots of all primaries all the while, and a controller that may act. */
export async function measureFalseFailovers(nodes: number, seconds: number): Promise<FalseFailoverResult> {
  say(`forming a cluster of ${nodes} nodes; then ${seconds} s of load`);
  const cluster = await startCluster(nodes / 3, nodeTimeoutMs);
  const delaysMs: number[] = [];
  try {
    const before = await countElections(cluster);
    const primaries = (await nodesOf(cluster)).filter((node) => node.role === "primary");
    const client = new ClientProcess(cluster.addresses(), writers, 0);
    const started = performance.now();
    let forks = 0;
    let actions = 0;
    await watched(delaysMs, async () => {
      for (let next = 0; performance.now() - started < seconds * 1_000;) {
        if (performance.now() > next) {
          next = performance.now() + forkEveryMs;
          await Promise.all(
            primaries.map((node) =>
              cluster.connections.send(node.address, "BGSAVE", "SCHEDULE").then(() => (forks += 1)),
            ),
          );
        }
        actions += (await cluster.controller.tick()).plan.actions.length;
        await sleep(500);
      }
    });
    const took = (performance.now() - started) / 1_000;
    const written = (await client.finish()).acknowledged;
    const elections = electionsSince(await countElections(cluster), before);
    const writesPerSecond = Math.round(written / took);
    return { nodes, seconds, writesPerSecond, forks, elections, actions, driverDelayMs: latencies(delaysMs) };
  } finally {
    await cluster.close();
  }
}

export function describeFalseFailovers(result: FalseFailoverResult): string {
  const { fails, voteRequests } = result.elections;
  return `${result.nodes} nodes, ${result.seconds} s under ${result.writesPerSecond} writes a second with ${result.forks} forks: ${fails} nodes called failed, ${voteRequests} votes asked for, ${result.actions} actions of the controller; driver's own delay worst ${result.driverDelayMs.worst} ms`;
}
