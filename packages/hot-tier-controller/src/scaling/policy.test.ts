import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { documentGrowth, documentSteps, simulateGrowth } from "./growth.ts";
import { plotGrowth } from "./plot.ts";
import { decideShards, defaultScalingRules, survivesZoneLoss } from "./policy.ts";
import type { LoadSample } from "./policy.ts";

const gb = 1_000_000_000;
const rules = defaultScalingRules;

function steady(minutes: number, sample: Partial<LoadSample>): LoadSample[] {
  return Array.from({ length: minutes + 1 }, (_, minute) => ({
    atSeconds: minute * 60,
    cpuPercent: 50,
    dataBytes: 0,
    networkPercent: 10,
    ...sample,
  }));
}

test.each([
  ["CPU 71 % for 5 minutes", 5, { cpuPercent: 71 }, 18, "cpu"],
  ["CPU 71 % for 4 minutes", 4, { cpuPercent: 71 }, 16, "none"],
  ["CPU 70 % is not above", 20, { cpuPercent: 70 }, 16, "none"],
  ["network 81 % of the baseline for 5 minutes", 5, { networkPercent: 81 }, 18, "network"],
  ["CPU 39 % for 15 minutes at the least count", 15, { cpuPercent: 39 }, 16, "none"],
] as const)("%s", (_name, minutes, sample, shards, because) => {
  const decision = decideShards({ shards: 16 }, steady(minutes, sample), 88 * gb, rules);
  expect([decision.shards, decision.because]).toEqual([shards, because]);
});

test("memory above 85 % for 3 minutes is above what the shards may hold, so the data's floor adds at once", () => {
  // 16 x 88 GB x 85 % = 1,196.8 GB
  const decision = decideShards({ shards: 16 }, steady(3, { dataBytes: 1_200 * gb }), 88 * gb, rules);
  expect([decision.shards, decision.because]).toEqual([17, "data"]);
});

test("scale-in removes 10 % after 15 calm minutes, but never below what the data needs", () => {
  const calm = steady(15, { cpuPercent: 30, dataBytes: 2_000 * gb });
  // 2,000 GB / (88 GB x 85 %) = 26.7
  expect(decideShards({ shards: 30 }, calm, 88 * gb, rules).shards).toBe(27);
  expect(decideShards({ shards: 28 }, calm, 88 * gb, rules).shards).toBe(27);
  expect(decideShards({ shards: 27 }, calm, 88 * gb, rules).because).toBe("none");
});

test("nothing changes during the cooldown, except for the data", () => {
  const state = { shards: 20, lastChange: { atSeconds: 200, because: "cpu" } } as const;
  expect(decideShards(state, steady(8, { cpuPercent: 90 }), 88 * gb, rules).because).toBe("none");
  expect(decideShards(state, steady(9, { cpuPercent: 90 }), 88 * gb, rules).shards).toBe(22);
  expect(decideShards(state, steady(8, { dataBytes: 1_600 * gb }), 88 * gb, rules).because).toBe("data");
});

test("as long as the last change is not finished the load decides nothing, the data and a forecast do", () => {
  const state = { shards: 20, inProgress: true } as const;
  expect(decideShards(state, steady(30, { cpuPercent: 90 }), 88 * gb, rules).because).toBe("none");
  expect(decideShards(state, steady(30, { cpuPercent: 10 }), 88 * gb, rules).because).toBe("none");
  expect(decideShards(state, steady(30, { dataBytes: 1_600 * gb }), 88 * gb, rules).because).toBe("data");
  const forecast = [{ fromMinute: 0, toMinute: 60, minShards: 24 }];
  expect(decideShards(state, steady(30, {}), 88 * gb, rules, forecast, 0).because).toBe("forecast");
});

test("a forecast counts in its minutes, across midnight too", () => {
  const forecast = [{ fromMinute: 1_380, toMinute: 60, minShards: 24 }];
  const at = (minute: number) => decideShards({ shards: 16 }, steady(1, {}), 88 * gb, rules, forecast, minute).shards;
  expect([at(1_379), at(1_380), at(0), at(59), at(60)]).toEqual([16, 24, 24, 24, 16]);
});

test("one, two and four shards do not survive the loss of a zone", () => {
  expect([1, 2, 3, 4, 5, 6, 7, 48].map((shards) => survivesZoneLoss(shards))).toEqual([
    false,
    false,
    true,
    false,
    true,
    true,
    true,
    true,
  ]);
});

test("decisions stay within the limits, hold the data and survive a zone's loss", () => {
  const load = fc.record({
    cpuPercent: fc.integer({ min: 0, max: 100 }),
    networkPercent: fc.integer({ min: 0, max: 120 }),
    dataBytes: fc.integer({ min: 0, max: 20_000 }).map((size) => size * gb),
  });
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 333 }), load, (shards, sample) => {
      const bounds = { ...rules, minShards: 3 };
      const decision = decideShards({ shards }, steady(20, sample), 88 * gb, bounds);
      expect(decision.shards).toBeLessThanOrEqual(333);
      if (decision.because !== "none") {
        expect(survivesZoneLoss(decision.shards)).toBe(true);
        expect(decision.shards * 88 * gb * 0.85).toBeGreaterThanOrEqual(sample.dataBytes);
      }
    }),
    { numRuns: 5_000 },
  );
});

test("the document's instances come out of its own rule, rounded up", () => {
  expect(documentSteps()).toEqual([48, 48, 53, 59, 106, 133]);
  expect(documentGrowth.map((row) => row.instances)).toEqual([48, 48, 53, 53, 59, 106, 133]);
});

test("in whole shards the same growth goes through 10 % steps, rounded up, and never shrinks on the way", () => {
  const points = simulateGrowth();
  const counts = points.map((point) => point.shards).filter((shards, index, all) => shards !== all[index - 1]);
  // 1.6, 1.8, 2.0, 2.2, 2.5, 2.8, 3.1, 3.5, 3.9 and 4.3 shards, each rounded up
  expect(counts).toEqual([16, 18, 20, 22, 25, 28, 31, 35, 39, 43, 48]);
  expect(points.every((point) => point.nodes === point.shards * 3)).toBe(true);
  const end = points.at(-1);
  expect(end?.cpuPercent).toBeLessThanOrEqual(70);
});

test("at the document's times the simulation has the document's CPU, and nodes that differ by what growth.md says", () => {
  const points = simulateGrowth();
  const rows = documentGrowth.map((row) => {
    const point = points.find(({ minute }) => minute === row.minute);
    return [row.instances, point?.nodes, row.cpuPercent, Math.round(point?.cpuPercent ?? 0)];
  });
  expect(rows).toEqual([
    [48, 48, 40, 40],
    [48, 48, 75, 75],
    [53, 54, 68, 67],
    [53, 54, 80, 79],
    [59, 60, 72, 71],
    [106, 117, 75, 68],
    [133, 144, 70, 65],
  ]);
  const text = readFileSync(join(import.meta.dirname, "../../../../docs/hot-tier/growth.md"), "utf8");
  const table = [...text.matchAll(/\| (\d+) at (\d+) % +\| (\d+) at (\d+) % +\|/g)].map((match) =>
    match.slice(1).map(Number),
  );
  expect(table.map(([instances, cpu, nodes, ours]) => [instances, nodes, cpu, ours])).toEqual(rows);
});

test("the picture in the docs is the simulation's", () => {
  const file = join(import.meta.dirname, "../../../../docs/hot-tier/growth.svg");
  expect(readFileSync(file, "utf8")).toBe(plotGrowth());
});
