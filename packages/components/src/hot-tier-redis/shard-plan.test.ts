import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memberPlace, shardPlan, shardPlanProblems, type ShardLayout } from "./shard-plan.ts";

/** Zones z1 to z6, one to seven groups, shards of two to five members: more than the component admits. */
const layouts = fc
  .record({
    zones: fc.integer({ min: 2, max: 6 }),
    groupsPerZone: fc.integer({ min: 1, max: 7 }),
    replicas: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ zones, groupsPerZone, replicas }): ShardLayout => ({
    zoneIds: Array.from({ length: zones }, (_, zone) => `z${zone + 1}`),
    groupsPerZone,
    membersPerShard: replicas + 1,
  }));
const shardCounts = fc.integer({ min: 1, max: 700 });

/** Every member of every shard by its place, counted without the plan's own arithmetic. */
function everyMember(layout: ShardLayout, shards: number) {
  return Array.from({ length: shards }, (_, shard) =>
    Array.from({ length: layout.membersPerShard }, (_, member) => memberPlace(layout, shard, member)),
  );
}

function counts(keys: string[]): Map<string, number> {
  const result = new Map<string, number>();
  for (const key of keys) {
    result.set(key, (result.get(key) ?? 0) + 1);
  }
  return result;
}

function spread(numbers: number[]): number {
  return Math.max(...numbers) - Math.min(...numbers);
}

describe("memberPlace", () => {
  it("never puts two members of a shard into one zone while zones suffice, and spreads them evenly where not", () => {
    fc.assert(
      fc.property(layouts, shardCounts, (layout, shards) => {
        for (const members of everyMember(layout, shards)) {
          const perZone = counts(members.map(({ zoneId }) => zoneId));
          const most = Math.ceil(layout.membersPerShard / layout.zoneIds.length);
          expect(Math.max(...perZone.values())).toBe(most);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("gives every shard one primary, and zones primaries within one of each other", () => {
    fc.assert(
      fc.property(layouts, shardCounts, (layout, shards) => {
        const placed = everyMember(layout, shards);
        const primaries = placed.map((members) => members.filter(({ primary }) => primary));
        expect(primaries.every((found) => found.length === 1)).toBe(true);
        const perZone = counts(primaries.map(([primary]) => primary!.zoneId));
        const numbers = layout.zoneIds.map((zoneId) => perZone.get(zoneId) ?? 0);
        expect(spread(numbers)).toBeLessThanOrEqual(1);
        expect(shardPlan(layout, shards).primariesPerZone).toEqual(numbers);
      }),
      { numRuns: 200 },
    );
  });

  it("places by hand what the documents draw: three zones, every shard in each, primaries in turns", () => {
    const layout = { zoneIds: ["a", "b", "c"], groupsPerZone: 2, membersPerShard: 3 };
    expect(everyMember(layout, 3)).toEqual([
      [
        { zoneId: "a", group: "a", primary: true },
        { zoneId: "b", group: "a", primary: false },
        { zoneId: "c", group: "a", primary: false },
      ],
      [
        { zoneId: "a", group: "b", primary: false },
        { zoneId: "b", group: "b", primary: true },
        { zoneId: "c", group: "b", primary: false },
      ],
      [
        { zoneId: "a", group: "a", primary: false },
        { zoneId: "b", group: "a", primary: false },
        { zoneId: "c", group: "a", primary: true },
      ],
    ]);
  });
});

describe("shardPlan", () => {
  it("sizes the groups as members were placed, all within one node of each other", () => {
    fc.assert(
      fc.property(layouts, shardCounts, (layout, shards) => {
        const perGroup = counts(
          everyMember(layout, shards)
            .flat()
            .map(({ zoneId, group }) => `${zoneId}-${group}`),
        );
        const { groups, nodes } = shardPlan(layout, shards);
        expect(groups.map(({ key, nodes: size }) => [key, size])).toEqual(
          groups.map(({ key }) => [key, perGroup.get(key) ?? 0]),
        );
        expect(groups).toHaveLength(layout.zoneIds.length * layout.groupsPerZone);
        expect(spread(groups.map((group) => group.nodes))).toBeLessThanOrEqual(1);
        expect(nodes).toBe(shards * layout.membersPerShard);
      }),
      { numRuns: 200 },
    );
  });

  it("moves no node and shrinks no group when shards are added", () => {
    fc.assert(
      fc.property(layouts, shardCounts, fc.integer({ min: 1, max: 50 }), (layout, shards, more) => {
        expect(everyMember(layout, shards + more).slice(0, shards)).toEqual(everyMember(layout, shards));
        const before = shardPlan(layout, shards).groups;
        const after = shardPlan(layout, shards + more).groups;
        expect(after.map(({ key }) => key)).toEqual(before.map(({ key }) => key));
        expect(after.every((group, index) => group.nodes >= before[index]!.nodes)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("divides 160 shards of three over six groups of 80", () => {
    const plan = shardPlan({ zoneIds: ["a", "b", "c"], groupsPerZone: 2, membersPerShard: 3 }, 160);
    expect(plan.groups.map(({ key, nodes }) => `${key} ${nodes}`)).toEqual([
      "a-a 80",
      "a-b 80",
      "b-a 80",
      "b-b 80",
      "c-a 80",
      "c-b 80",
    ]);
    expect(plan.primariesPerZone).toEqual([54, 53, 53]);
  });
});

describe("shardPlanProblems", () => {
  const admitted = (zones: number, shards: number, groupsPerZone = 2, membersPerShard = 3) => {
    const layout = { zoneIds: [..."abcdef"].slice(0, zones), groupsPerZone, membersPerShard };
    return shardPlanProblems(layout, shardPlan(layout, shards), 2000).length === 0;
  };

  it("refuses, over three zones, exactly 1, 2 and 4 shards", () => {
    const refused = Array.from({ length: 200 }, (_, index) => index + 1).filter((shards) => !admitted(3, shards));
    expect(refused).toEqual([1, 2, 4]);
  });

  it("admits no cluster that loses its voters' majority with a zone", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 400 }), (zones, shards) => {
        const survivors = shards - Math.ceil(shards / zones);
        expect(admitted(zones, shards, 2, 2)).toBe(zones >= 3 && 2 * survivors > shards);
      }),
    );
  });

  it("keeps every admitted group below a placement group's limit", () => {
    fc.assert(
      fc.property(layouts, shardCounts, (layout, shards) => {
        const plan = shardPlan(layout, shards);
        const wanted = plan.groups.every((group) => group.nodes <= 500);
        const reasons = shardPlanProblems(layout, plan, 5000).map(({ path }) => path);
        expect(reasons.includes("groupsPerZone")).toBe(!wanted);
      }),
    );
  });
});
