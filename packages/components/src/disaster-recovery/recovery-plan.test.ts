import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Failure } from "./args.ts";
import { testRegion as region } from "./fixtures.ts";
import { frontDoorRecoveryPlan } from "./front-door-recovery-plan.ts";
import { disasterRecoveryPlan } from "./recovery-plan.ts";
import { inWords, renderRecovery, renderRecoveryPage } from "./render.ts";

describe("the plan", () => {
  it("says where copies are, by the shard plan and the regions", () => {
    const copies = disasterRecoveryPlan(region).copies;
    const data = copies.find(({ what }) => what === "data, 16 shards of 3 copies");
    expect(data?.where).toBe(
      "use1-az1: 16 members, 6 of them primaries; use1-az2: 16 members, 5 of them primaries; use1-az4: 16 members, 5 of them primaries",
    );
    const elsewhere = copies
      .filter(({ outlives }) => outlives.includes(Failure.Region))
      .map(({ part, what }) => `${part}: ${what}`);
    expect(elsewhere).toEqual(["metadata: backups and log", "tenants: registry", "stack: Pulumi's state"]);
    const more = disasterRecoveryPlan({
      ...region,
      gpu: { minPerZone: 1, maxPerZone: 4, multiRegionKey: true },
    }).copies;
    expect(more.filter(({ outlives }) => outlives.includes(Failure.Region))).toHaveLength(4);
  });

  it("leaves no number without its terms, and no failure without a page that exists", () => {
    const all = [
      ...disasterRecoveryPlan(region).objectives,
      ...frontDoorRecoveryPlan({ regions: ["a", "b"] }).objectives,
    ];
    expect(new Set(all.map(({ failure }) => failure))).toEqual(new Set(Object.values(Failure)));
    expect(new Set(all.map(({ failure, part }) => `${failure} ${part}`)).size).toBe(all.length);
    for (const { rto, rpo, usual, missing, runbook } of all) {
      for (const estimate of [rto, rpo, usual].filter((each) => each !== undefined)) {
        expect(estimate.seconds).toBe(estimate.terms.reduce((sum, { seconds }) => sum + seconds, 0));
        expect(estimate.terms.every(({ what, source }) => what !== "" && source !== "")).toBe(true);
      }
      expect(missing === undefined).toBe(rto !== undefined && rpo !== undefined);
      const [page = "", heading] = runbook.split("#");
      const file = new URL(`../../../../docs/${page}`, import.meta.url);
      expect(existsSync(file), runbook).toBe(true);
      const headings = [...readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
        title
          .toLowerCase()
          .replaceAll(/[^a-z0-9 -]/g, "")
          .replaceAll(" ", "-"),
      );
      expect(heading === undefined || headings.includes(heading), runbook).toBe(true);
    }
  });

  it("has a zone cost no less than a node, and more of anything cost no less time, whatever the sizes", () => {
    const sizes = fc.record({
      shards: fc.integer({ min: 5, max: 300 }),
      nodeTimeoutMs: fc.integer({ min: 1000, max: 15_000 }),
      probe: fc.constantFrom(10, 30, 60),
      gib: fc.integer({ min: 1, max: 88 }),
    });
    const timesOf = ({
      shards,
      nodeTimeoutMs,
      probe,
      gib,
    }: {
      shards: number;
      nodeTimeoutMs: number;
      probe: number;
      gib: number;
    }) =>
      disasterRecoveryPlan({
        ...region,
        hotTier: { shards, nodeTimeoutMs },
        probeIntervalSeconds: probe,
        dataGibPerShard: gib,
      }).objectives;
    fc.assert(
      fc.property(sizes, sizes, (one, two) => {
        const smaller = timesOf({
          shards: Math.min(one.shards, two.shards),
          nodeTimeoutMs: Math.min(one.nodeTimeoutMs, two.nodeTimeoutMs),
          probe: Math.min(one.probe, two.probe),
          gib: Math.min(one.gib, two.gib),
        });
        const larger = timesOf({
          shards: Math.max(one.shards, two.shards),
          nodeTimeoutMs: Math.max(one.nodeTimeoutMs, two.nodeTimeoutMs),
          probe: Math.max(one.probe, two.probe),
          gib: Math.max(one.gib, two.gib),
        });
        expect(larger.map(({ part }) => part)).toEqual(smaller.map(({ part }) => part));
        larger.forEach(({ rto, rpo }, index) => {
          // Left out is the longest of all: nothing comes back.
          expect(rto?.seconds ?? Infinity).toBeGreaterThanOrEqual(smaller[index]?.rto?.seconds ?? Infinity);
          expect(rpo?.seconds ?? Infinity).toBeGreaterThanOrEqual(smaller[index]?.rpo?.seconds ?? Infinity);
        });
        const [node, zone] = ["hot tier: a primary", "hot tier: a zone's primaries"].map(
          (part) => larger.find((each) => each.part === part)?.rto?.seconds ?? NaN,
        );
        expect(zone).toBeGreaterThanOrEqual(node ?? NaN);
      }),
    );
  });

  it("is plain data, and shows every number and where it comes from", () => {
    const plan = disasterRecoveryPlan(region);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    const text = renderRecovery(plan);
    expect(text).toMatch(/region +private tenants +3 min/);
    expect(text).toContain(
      "RTO 3 min = 100 s until a minute of the tenant's probe is bad, a look every 10 s [probeIntervalSeconds] + ",
    );
    expect(renderRecoveryPage(plan)).toContain("| region | private tenants | 3 min |");
    expect([0, 33.3, 119, 120, 410, 6774, 7200].map(inWords)).toEqual([
      "0 s",
      "33.3 s",
      "119 s",
      "2 min",
      "6 min 50 s",
      "1 h 52 min 54 s",
      "2 h",
    ]);
  });

  it("refuses durations that are none", () => {
    expect(() => disasterRecoveryPlan({ ...region, times: { launch: -1 } })).toThrow(
      /times\.launch: has to be a number/,
    );
    expect(() => disasterRecoveryPlan({ ...region, times: { lunch: 3600 } as never })).toThrow(/times\.lunch/);
  });

  it("plans a region of which there is only a part", () => {
    const { region: name, zoneIds } = region;
    const parts = disasterRecoveryPlan({ region: name, zoneIds }).objectives.map(({ part }) => part);
    expect(parts).toEqual(["private tenants", "a tenant's probe", "NAT"]);
  });
});
