import { createHistogram } from "node:perf_hooks";
import type { RecordableHistogram } from "node:perf_hooks";

/** Figures of some latencies, in milliseconds; exact to three digits. */
export interface LatencySummary {
  readonly count: number;
  readonly minMs: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

const nanosecondsPerMs = 1e6;
const longestNs = 60e9;

/** Latencies of any number of samples in constant memory: Node's own HdrHistogram, in nanoseconds. */
export class Latencies {
  readonly #histogram: RecordableHistogram = createHistogram({ lowest: 1, highest: longestNs, figures: 3 });

  /** Counts a sample; longer than a minute counts as a minute. */
  record(ms: number): void {
    this.#histogram.record(Math.min(longestNs, Math.max(1, Math.round(ms * nanosecondsPerMs))));
  }

  get count(): number {
    return this.#histogram.count;
  }

  /** @throws Error when nothing was recorded: there is no percentile of nothing. */
  summary(): LatencySummary {
    const histogram = this.#histogram;
    if (histogram.count === 0) {
      throw new Error("no latency was recorded");
    }
    const percentileMs = (percent: number): number => histogram.percentile(percent) / nanosecondsPerMs;
    return {
      count: histogram.count,
      minMs: histogram.min / nanosecondsPerMs,
      meanMs: histogram.mean / nanosecondsPerMs,
      p50Ms: percentileMs(50),
      p99Ms: percentileMs(99),
      p999Ms: percentileMs(99.9),
      maxMs: histogram.max / nanosecondsPerMs,
    };
  }
}
