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

/** After what the policy decided in this minute. */
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

/** CPU percent of a load on a number of nodes: the work that the document's rows show for this load (CPU x instances), shared by the nodes. */
export function cpuOf(loadPercent: number, nodes: number): number {
  return between(documentGrowth, loadPercent, "loadPercent", (row) => row.cpuPercent * row.instances) / nodes;
}

/** Load at a minute: it comes at once at 1:00 and 2:00, where the document's rows before and after the alarm have the same, and gradually from then on. */
export function loadAt(minute: number): number {
  const [start, ...rows] = documentGrowth;
  const gradual = rows.findLast((row) => row.loadPercent === 40);
  if (gradual !== undefined && minute > gradual.minute) {
    return between(rows, minute, "minute", (row) => row.loadPercent);
  }
  return documentGrowth.findLast((row) => row.minute <= minute)?.loadPercent ?? start?.loadPercent ?? 0;
}

/** A straight line between the last row at or below `at` and the next one above it. */
function between(
  rows: readonly DocumentRow[],
  at: number,
  by: "loadPercent" | "minute",
  value: (row: DocumentRow) => number,
): number {
  const from = rows.findLast((row) => row[by] <= at);
  const to = rows.find((row) => row[by] > at);
  if (from === undefined || to === undefined) {
    const end = from ?? to;
    return end === undefined ? 0 : value(end);
  }
  return value(from) + ((at - from[by]) / (to[by] - from[by])) * (value(to) - value(from));
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
    const decision = decideShards(state, samples.slice(-20), 1, rules);
    if (decision.because === "cpu" || decision.because === "low") {
      state = { shards: decision.shards, lastChange: { atSeconds: minute * sampleSeconds, because: decision.because } };
    }
    const nodes = state.shards * nodesPerShard;
    points.push({ minute, loadPercent, shards: state.shards, nodes, cpuPercent: cpuOf(loadPercent, nodes) });
  }
  return points;
}
