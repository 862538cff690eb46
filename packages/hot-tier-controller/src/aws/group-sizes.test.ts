import fc from "fast-check";
import { expect, test } from "vitest";
import { dealCapacity } from "./group-sizes.ts";

function group(desired: number, machines = desired, maxNodes = 100) {
  return { group: "", desired, machines, maxNodes };
}

test("the smallest group grows first, and what is there stays", () => {
  expect(dealCapacity([group(8), group(8)], 18)).toEqual({ sizes: [9, 9], unplaced: 0 });
  expect(dealCapacity([group(8), group(5)], 15)).toEqual({ sizes: [8, 7], unplaced: 0 });
  expect(dealCapacity([group(8, 8, 9), group(8)], 20)).toEqual({ sizes: [9, 11], unplaced: 0 });
  expect(dealCapacity([group(8, 8, 9), group(8, 8, 8)], 20)).toEqual({ sizes: [9, 8], unplaced: 3 });
});

test("only what was never launched is taken back", () => {
  expect(dealCapacity([group(10, 8), group(10, 10)], 18)).toEqual({ sizes: [8, 10], unplaced: 0 });
  expect(dealCapacity([group(10, 7), group(10, 9)], 17)).toEqual({ sizes: [7, 10], unplaced: 0 });
  expect(dealCapacity([group(8), group(8)], 10)).toEqual({ sizes: [8, 8], unplaced: 0 });
});

test("whatever the groups have, no machine is given up, no group gets more than it holds, and all that can be is placed", () => {
  const some = fc.record({ desired: fc.nat(40), machines: fc.nat(40), room: fc.nat(40) });
  fc.assert(
    fc.property(fc.array(some, { minLength: 1, maxLength: 4 }), fc.nat(200), (given, capacity) => {
      const groups = given.map(({ desired, machines, room }) => group(desired, machines, desired + room));
      const before = groups.reduce((sum, { desired }) => sum + desired, 0);
      const { sizes, unplaced } = dealCapacity(groups, capacity);
      const total = sizes.reduce((sum, size) => sum + size, 0);
      for (const [index, { desired, machines, maxNodes }] of groups.entries()) {
        const size = sizes[index]!;
        expect(size).toBeLessThanOrEqual(maxNodes);
        expect(size).toBeGreaterThanOrEqual(Math.min(desired, machines));
        expect(capacity >= before ? size >= desired : size <= desired).toBe(true);
      }
      const room = groups.reduce((sum, { maxNodes }) => sum + maxNodes, 0);
      const kept = groups.reduce((sum, { desired, machines }) => sum + Math.min(desired, machines), 0);
      expect(total).toBe(capacity >= before ? Math.min(room, capacity) : Math.max(kept, capacity));
      expect(unplaced).toBe(Math.max(0, capacity - room));
    }),
  );
});

test("groups of one size that grow together stay within one of each other", () => {
  fc.assert(
    fc.property(fc.nat(50), fc.integer({ min: 1, max: 4 }), fc.nat(100), (each, count, more) => {
      const { sizes } = dealCapacity(
        Array.from({ length: count }, () => group(each, each, 1_000)),
        each * count + more,
      );
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});
