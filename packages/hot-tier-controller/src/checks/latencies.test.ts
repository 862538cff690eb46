import fc from "fast-check";
import { expect, test } from "vitest";
import { Latencies } from "./latencies.ts";

const samples = fc.array(fc.double({ min: 0.001, max: 50_000, noNaN: true }), { minLength: 1, maxLength: 400 });

function recorded(values: readonly number[]): Latencies {
  const latencies = new Latencies();
  values.forEach((value) => latencies.record(value));
  return latencies;
}

/** The sample of that rank, found by sorting. */
function sorted(values: readonly number[], percent: number): number {
  const order = [...values].sort((a, b) => a - b);
  return order[Math.max(0, Math.ceil((percent / 100) * order.length) - 1)] ?? NaN;
}

test("percentiles are those of the sorted samples, to three digits", () => {
  fc.assert(
    fc.property(samples, (values) => {
      const { count, minMs, p50Ms, p99Ms, p999Ms, maxMs } = recorded(values).summary();
      expect(count).toBe(values.length);
      for (const [percent, found] of [
        [50, p50Ms],
        [99, p99Ms],
        [99.9, p999Ms],
        [100, maxMs],
      ] as const) {
        const exact = sorted(values, percent);
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(0.001 * exact + 1e-6);
      }
      expect(minMs).toBeLessThanOrEqual(p50Ms);
    }),
  );
});

test("a minute and longer counts as a minute, and nothing has no percentile", () => {
  expect(recorded([90_000]).summary().maxMs).toBeGreaterThanOrEqual(60_000);
  expect(() => new Latencies().summary()).toThrow("no latency was recorded");
});
