import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { simulateUpgrade } from "./drain-simulation.ts";

const fleets = fc.record({
  size: fc.integer({ min: 3, max: 200 }),
  zones: fc.integer({ min: 2, max: 4 }),
  startTicks: fc.integer({ min: 1, max: 8 }),
  rollout: fc.boolean(),
});

describe("a node group upgrade at 10 %", () => {
  it("ends, and keeps nine tenths of the proxies, also while the pods are rolled", () => {
    fc.assert(
      fc.property(fleets, (fleet) => {
        const outcome = simulateUpgrade(fleet);
        expect(outcome.left).toBe(0);
        // The budget rounds up: at most a tenth and a pod are away.
        expect(outcome.fewest).toBeGreaterThanOrEqual(fleet.size - Math.ceil(fleet.size * 0.1));
      }),
      { numRuns: 60 },
    );
  });

  it("of the source documents' 48 nodes keeps 43, and of 999 keeps 899", () => {
    const fleet = { zones: 3, startTicks: 5, rollout: true };
    expect(simulateUpgrade({ ...fleet, size: 48 })).toMatchObject({ fewest: 43, left: 0 });
    expect(simulateUpgrade({ ...fleet, size: 999 })).toMatchObject({ fewest: 899, left: 0, mostTargetsInZone: 333 });
  });
});
