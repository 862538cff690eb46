import { decideShards, defaultScalingRules } from "./policy.ts";
import type { LoadSample, ScalingRules, ScalingState } from "./policy.ts";

/** A row of the source document's growth table (MEMO-077, appendix E). */
export interface DocumentRow {
  readonly minute: number;
  readonly loadPercent: number;
  readonly instances: number;
  readonly cpuPercent: number;
}

/** The table as the document gives it. */
export const documentGrowth: readonly DocumentRow[] = [
  { minute: 0, loadPercent: 10, instances: 48, cpuPercent: 40 },
  { minute: 60, loadPercent: 20, instances: 48, cpuPercent: 75 },
  { minute: 65, loadPercent: 20, instances: 53, cpuPercent: 68 },
  { minute: 120, loadPercent: 40, instances: 53, cpuPercent: 80 },
  { minute: 125, loadPercent: 40, instances: 59, cpuPercent: 72 },
  { minute: 240, loadPercent: 80, instances: 106, cpuPercent: 75 },
  { minute: 480, loadPercent: 100, instances: 133, cpuPercent: 70 },
];

export interface GrowthPoint {
  readonly minute: number;
  readonly loadPercent: number;
  readonly shards: number;
  /** Three a shard. */
  readonly nodes: number;
  readonly cpuPercent: number;
}

export const nodesPerShard = 3;
const sampleSeconds = 60;

/**
 * The document's own arithmetic: 10 % of the instances, added at each step, rounded up. 48 -> 53 -> 59 are such steps; so is 106 to
 * 133 over three (117, 129, 142 would be rounded up, so 133 was set by the load: 106 x 100 / 80 = 132.5). Rounding down, as Auto Scaling does
 * with a percentage, gives 52 and 57 (E32).
 */
export function documentSteps(): number[] {
  const grow = (instances: number): number => instances + Math.ceil(instances / 10);
  const third = grow(48);
  const fourth = grow(third);
  // 80 % and 100 % of load at a steady CPU: proportional to 40 % load on 53 instances, then to 80 % on 106.
  const fifth = Math.ceil((third * 80) / 40);
  const sixth = Math.ceil((fifth * 100) / 80);
  return [48, 48, third, fourth, fifth, sixth];
}

/** CPU percent of a load on a number of nodes. The document's rows do not follow one law (40 % load gives 80 % on 53, 80 % load 75 % on 106); this one fits its last row: 100 % load on 133 nodes is 70 %. */
export function cpuOf(loadPercent: number, nodes: number): number {
  return (loadPercent * 0.7 * 133) / nodes;
}

/** Load at a minute: straight lines between the document's rows. */
export function loadAt(minute: number): number {
  const later = documentGrowth.findIndex((row) => row.minute > minute);
  const to = documentGrowth[later];
  const from = documentGrowth[later - 1];
  if (to === undefined || from === undefined) {
    return documentGrowth.at(-1)?.loadPercent ?? 0;
  }
  return from.loadPercent + ((minute - from.minute) / (to.minute - from.minute)) * (to.loadPercent - from.loadPercent);
}

/**
 * Runs the policy over the document's eight hours of growth in whole shards, a sample a minute, until `minutes`.
 * Memory stays small: the document's table is about CPU.
 */
export function simulateGrowth(minutes = 600, rules: ScalingRules = defaultScalingRules): GrowthPoint[] {
  let state: ScalingState = { shards: rules.minShards };
  const samples: LoadSample[] = [];
  const points: GrowthPoint[] = [];
  for (let minute = 0; minute <= minutes; minute++) {
    const loadPercent = loadAt(minute);
    const cpuPercent = cpuOf(loadPercent, state.shards * nodesPerShard);
    samples.push({ atSeconds: minute * sampleSeconds, cpuPercent, dataBytes: 0, networkPercent: 0 });
    points.push({ minute, loadPercent, shards: state.shards, nodes: state.shards * nodesPerShard, cpuPercent });
    const decision = decideShards(state, samples.slice(-20), 1, rules);
    if (decision.because === "cpu" || decision.because === "low") {
      state = { shards: decision.shards, lastChange: { atSeconds: minute * sampleSeconds, because: decision.because } };
    }
  }
  return points;
}
