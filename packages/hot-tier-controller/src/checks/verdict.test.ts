import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commandExpectations, errorShareLimit, Path, roundTripExpectations } from "./expectations.ts";
import { judgeErrors, judgeLatency, judgeThroughput, Verdict, worst } from "./verdict.ts";

const latency = fc.double({ min: 0.001, max: 1_000, noNaN: true });
const measured = fc.tuple(latency, latency).map(([a, b]) => ({ p50Ms: Math.min(a, b), p99Ms: Math.max(a, b) }));
const rank = (verdict: Verdict): number => ["pass", "warn", "fail"].indexOf(verdict);

describe("latencies", () => {
  test.each([
    // MEMO-077: 0.8 ms p99 inside a zone; a request as a whole has 10 ms (R118).
    [{ p50Ms: 0.2, p99Ms: 0.8 }, "pass"],
    [{ p50Ms: 0.2, p99Ms: 0.81 }, "warn"],
    [{ p50Ms: 0.8, p99Ms: 10 }, "warn"],
    [{ p50Ms: 0.81, p99Ms: 0.9 }, "fail"],
    [{ p50Ms: 0.2, p99Ms: 10.1 }, "fail"],
  ])("GET in the own zone, %j: %s", (summary, verdict) => {
    const expected = commandExpectations.GET[Path.OwnZone];
    expect(expected === undefined ? undefined : judgeLatency(summary, expected)).toBe(verdict);
  });

  test("the documents' own measurements pass, in a zone and across", () => {
    const { [Path.OwnZone]: own, [Path.AnotherZone]: other } = roundTripExpectations;
    expect(own && judgeLatency({ p50Ms: 0.25, p99Ms: 0.45 }, own)).toBe("pass");
    expect(other && judgeLatency({ p50Ms: 1.2, p99Ms: 2.1 }, other)).toBe("pass");
    // A node whose label says "own zone" and that answers like one in another is found.
    expect(own && judgeLatency({ p50Ms: 1.2, p99Ms: 2.1 }, own)).toBe("fail");
  });

  test("slower is never judged better, and a higher limit never worse", () => {
    fc.assert(
      fc.property(measured, latency, fc.double({ min: 1, max: 10, noNaN: true }), (summary, limitMs, factor) => {
        const expected = { typicalMs: 0, limitMs, ceilingMs: 10 * limitMs, source: "" };
        const verdict = rank(judgeLatency(summary, expected));
        const slower = { p50Ms: summary.p50Ms * factor, p99Ms: summary.p99Ms * factor };
        expect(rank(judgeLatency(slower, expected))).toBeGreaterThanOrEqual(verdict);
        const wider = { ...expected, limitMs: limitMs * factor, ceilingMs: expected.ceilingMs * factor };
        expect(rank(judgeLatency(summary, wider))).toBeLessThanOrEqual(verdict);
      }),
    );
  });
});

test("across zones is never promised to be faster than inside one", () => {
  for (const table of [roundTripExpectations, commandExpectations.GET, commandExpectations.SET]) {
    const { [Path.OwnZone]: own, [Path.AnotherZone]: other } = table;
    expect(other?.typicalMs).toBeGreaterThan(own?.typicalMs ?? Infinity);
    expect(other?.limitMs).toBeGreaterThan(own?.limitMs ?? Infinity);
  }
});

test.each([
  [0, 100_000, "pass"],
  [1, 100_000, "warn"],
  [9, 100_000, "warn"],
  [10, 100_000, "fail"],
  [1, 1, "fail"],
  [0, 0, "fail"],
])("%i errors of %i operations: %s", (errors, operations, verdict) => {
  expect(judgeErrors(errors, operations, errorShareLimit.share)).toBe(verdict);
});

test("throughput passes from its least on", () => {
  expect([judgeThroughput(5.9e9, 5.9e9), judgeThroughput(5.89e9, 5.9e9)]).toEqual(["pass", "fail"]);
});

test("the worst verdict of several is that of the report; what was not judged takes nothing away", () => {
  expect([worst([]), worst(["n/a", "n/a"]), worst(["n/a", "pass"]), worst(["warn", "pass", "n/a"])]).toEqual([
    "n/a",
    "n/a",
    "pass",
    "warn",
  ]);
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...Object.values(Verdict))), (verdicts) => {
      expect(worst(verdicts) === "fail").toBe(verdicts.includes("fail"));
      expect(worst([...verdicts].reverse())).toBe(worst(verdicts));
    }),
  );
});
