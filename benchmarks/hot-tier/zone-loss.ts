import { zones } from "../../packages/hot-tier-controller/test/support/cluster-under-test.ts";
import { Progress, say, watched } from "./driver.ts";
import { bringBack, lose, nodesOf, startCluster } from "../../packages/hot-tier-controller/test/support/losses.ts";
import type { Loss } from "../../packages/hot-tier-controller/test/support/losses.ts";
import { describe, latencies, median, round } from "./statistics.ts";
import type { Latencies } from "./statistics.ts";

/** The source document's node timeout (R75), and ours. */
const sourceTimeoutMs = 5_000;
const ourTimeoutMs = 3_000;

/** All nodes of one zone are killed, in a cluster with our settings and controller and in one with the source's settings. */
export interface ZoneLossResult {
  readonly nodes: number;
  readonly ours: readonly Loss[];
  readonly source: readonly Loss[];
  readonly sourceOverOurs: readonly number[];
  readonly driverDelayMs: Latencies;
}

/** Both clusters lose the same zone at the same moment, so that whatever else the machine does meets both. */
export async function measureZoneLoss(nodes: number, runs: number): Promise<ZoneLossResult> {
  const shards = nodes / zones.length;
  say(`forming two clusters of ${nodes} nodes`);
  const [ours, source] = await Promise.all([startCluster(shards, ourTimeoutMs), startCluster(shards, sourceTimeoutMs)]);
  const delaysMs: number[] = [];
  const result = { nodes, ours: [] as Loss[], source: [] as Loss[] };
  try {
    const progress = new Progress(`zone loss of ${nodes} nodes, run`, runs);
    for (let run = 0; run < runs; run++) {
      const lossOf = async (cluster: typeof ours, tended: boolean) => {
        const all = await nodesOf(cluster);
        const victims = all.filter((node) => node.zone === zones[run % zones.length]);
        return { loss: await lose(cluster, all, victims, tended), victims };
      };
      const [mine, theirs] = await watched(delaysMs, () => Promise.all([lossOf(ours, true), lossOf(source, false)]));
      result.ours.push(mine.loss);
      result.source.push(theirs.loss);
      await Promise.all([bringBack(ours, mine.victims), bringBack(source, theirs.victims)]);
      progress.step(`ours ${mine.loss.seconds} s, the source's settings ${theirs.loss.seconds} s`);
    }
  } finally {
    await Promise.all([ours.close(), source.close()]);
  }
  const sourceOverOurs = result.source.map(({ seconds }, run) => round(seconds / (result.ours[run]?.seconds ?? NaN)));
  return { ...result, sourceOverOurs, driverDelayMs: latencies(delaysMs) };
}

export function describeZoneLoss(result: ZoneLossResult): string {
  const seconds = (losses: readonly Loss[]): number[] => losses.map((loss) => loss.seconds);
  return [
    `${result.nodes} nodes, Valkey 9.1, a zone killed ${result.ours.length} times in each of two clusters at once:`,
    `  node timeout ${ourTimeoutMs}, with the controller:   ${describe(seconds(result.ours), "s")}`,
    `  node timeout ${sourceTimeoutMs}, as the source has it: ${describe(seconds(result.source), "s")}`,
    `  source / ours: median ${median(result.sourceOverOurs).toFixed(2)}; driver's own delay p99 ${result.driverDelayMs.p99} ms, worst ${result.driverDelayMs.worst} ms`,
  ].join("\n");
}

/** More than half of the voters are killed: nobody can be elected, and the source's settings never recover. */
export interface MajorityLossResult {
  readonly nodes: number;
  readonly losses: readonly Loss[];
  readonly driverDelayMs: Latencies;
}

export async function measureMajorityLoss(nodes: number, runs: number): Promise<MajorityLossResult> {
  say(`forming a cluster of ${nodes} nodes`);
  const cluster = await startCluster(nodes / zones.length, ourTimeoutMs);
  const delaysMs: number[] = [];
  const losses: Loss[] = [];
  try {
    const progress = new Progress(`lost majority of ${nodes} nodes, run`, runs);
    for (let run = 0; run < runs; run++) {
      const all = await nodesOf(cluster);
      const voters = all.filter((node) => node.role === "primary" && node.slots.length > 0);
      const quorum = Math.floor(voters.length / 2) + 1;
      // Another part of the voters each time, from all zones.
      const victims = [...voters, ...voters].slice(run % voters.length).slice(0, voters.length - quorum + 1);
      const loss = await watched(delaysMs, () => lose(cluster, all, victims, true));
      losses.push(loss);
      await bringBack(cluster, victims);
      progress.step(`${loss.seconds} s`);
    }
  } finally {
    await cluster.close();
  }
  return { nodes, losses, driverDelayMs: latencies(delaysMs) };
}

export function describeMajorityLoss(result: MajorityLossResult): string {
  const seconds = result.losses.map((loss) => loss.seconds);
  return `${result.nodes} nodes, Valkey 9.1, more than half of the voters killed ${seconds.length} times: ${describe(seconds, "s")}; driver's own delay p99 ${result.driverDelayMs.p99} ms`;
}
