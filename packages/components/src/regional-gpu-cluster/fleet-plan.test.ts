import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instanceTypes } from "../shared/instance-types.ts";
import type { PlanRefusedError } from "../shared/refusal.ts";
import { GpuPlacementStrategy } from "./fleet-args.ts";
import { CapacitySource, type FleetArgs, fleetPlan } from "./fleet-plan.ts";
import { testZones } from "./fixtures.ts";

const plan = (args: FleetArgs = {}) => fleetPlan(args, "us-east-1", testZones);
const reservation = (rest: object = {}) => ({
  id: "cr-0123456789abcdef0",
  zoneId: "use1-az1",
  instanceType: "g6e.2xlarge",
  instanceCount: 3,
  ...rest,
});
function refused(args: FleetArgs, zones = testZones): string[] {
  try {
    fleetPlan(args, "us-east-1", zones);
    return [];
  } catch (error) {
    return (error as PlanRefusedError).problems.map((problem) => problem.path);
  }
}

describe("the capacity ladder", () => {
  it("is one on-demand group a zone unless more is asked", () => {
    expect(plan().groups.map(({ key, min, max }) => [key, min, max])).toEqual([
      ["use1-az1-on-demand", 1, 4],
      ["use1-az2-on-demand", 1, 4],
      ["use1-az4-on-demand", 1, 4],
    ]);
  });

  it("goes from reserved to on-demand to spot, in each zone by itself", () => {
    const { groups } = plan({ reservations: [reservation()], spotMaxPerZone: 2, minPerZone: 2, onDemandMaxPerZone: 5 });
    expect(groups.map(({ key, min, max }) => [key, min, max])).toEqual([
      // A reservation costs the same empty, so it is always full; the zone's minimum is in it.
      ["use1-az1-reserved", 3, 3],
      ["use1-az1-on-demand", 0, 5],
      ["use1-az1-spot", 0, 2],
      ["use1-az2-on-demand", 2, 5],
      ["use1-az2-spot", 0, 2],
      ["use1-az4-on-demand", 2, 5],
      ["use1-az4-spot", 0, 2],
    ]);
    expect(groups[0]?.reservationIds).toEqual(["cr-0123456789abcdef0"]);
    expect(groups[0]?.targets).toBeUndefined();
  });

  it("starts spot hosts only past the load that on-demand hosts are kept at", () => {
    const { groups } = plan({ spotMaxPerZone: 2, gpuTargetPercent: 60, requestsPerHost: 10 });
    const targets = (source: CapacitySource) => groups.find((group) => group.source === source)?.targets;
    expect(targets(CapacitySource.OnDemand)).toEqual({ gpuPercent: 60, requestsPerHost: 10 });
    // Half of what is left to 100 %, and a fourth more requests.
    expect(targets(CapacitySource.Spot)).toEqual({ gpuPercent: 80, requestsPerHost: 12.5 });
  });

  it("uses spot hosts while on-demand ones cannot be had, and only then", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 20 }), (load, available) => {
        const { onDemand, spot, mostSpot } = lastHour(load, available);
        if (Math.ceil(load / 10) <= available) {
          expect(spot).toBe(0);
        } else {
          expect(onDemand).toBe(available);
        }
        // Past 12.5 requests a host there is no way without spot.
        expect(mostSpot > 0).toBe(load / available > 12.5);
      }),
    );
  });
});

/** A day of constant load: target tracking of on-demand hosts, steps of spot hosts (3 minutes in, 15 out). */
function lastHour(load: number, available: number): { onDemand: number; spot: number; mostSpot: number } {
  const { groups } = fleetPlan({ spotMaxPerZone: 20, onDemandMaxPerZone: 20, requestsPerHost: 10 }, "us-east-1", [
    "use1-az1",
  ]);
  const limit = (source: CapacitySource) =>
    groups.find((group) => group.source === source)?.targets?.requestsPerHost ?? 0;
  const [kept, past] = [limit(CapacitySource.OnDemand), limit(CapacitySource.Spot)];
  let [onDemand, spot, over, under, mostSpot] = [1, 0, 0, 0, 0];
  for (let minute = 0; minute < 1440; minute++) {
    const each = load / (onDemand + spot);
    [over, under] = [each > past ? over + 1 : 0, each <= kept ? under + 1 : 0];
    if (each > kept || each < kept * 0.9) {
      onDemand = Math.max(1, Math.min(available, Math.ceil((onDemand * each) / kept)));
    }
    if (over >= 3 && over % 3 === 0) spot = Math.min(20, spot + 1);
    if (under >= 15 && under % 15 === 0) spot = Math.max(0, spot - 1);
    mostSpot = minute < 1380 ? 0 : Math.max(mostSpot, spot);
  }
  return { onDemand, spot, mostSpot };
}

describe("types", () => {
  it("are chosen by requirements: the cheapest that have them, with the same GPUs", () => {
    // An L4 has 22,888 MiB and an L40S 45,776: 40,000 asks for the L40S.
    const { types } = plan({ gpuRequirements: { minGpuMemoryMib: 40_000, minNetworkBaselineGbps: 10 } });
    expect(types.map((type) => type.type)).toEqual(["g6e.4xlarge", "g6e.8xlarge", "g6e.16xlarge"]);
  });

  it("that are chosen always meet the requirements and are offered in every zone", () => {
    fc.assert(
      fc.property(
        fc.record({
          minGpus: fc.integer({ min: 1, max: 8 }),
          minGpuMemoryMib: fc.integer({ min: 0, max: 800_000 }),
          minNetworkBaselineGbps: fc.integer({ min: 0, max: 400 }),
        }),
        (gpuRequirements) => {
          const fits = instanceTypes().filter(
            (type) =>
              (type.gpu?.count ?? 0) >= gpuRequirements.minGpus &&
              (type.gpu?.memoryMib ?? 0) >= gpuRequirements.minGpuMemoryMib &&
              type.networkBaselineGbps >= gpuRequirements.minNetworkBaselineGbps &&
              testZones.every((zone) => type.azIds["us-east-1"]?.includes(zone)) &&
              type.nitroEnclaves &&
              type.nitroTpm &&
              type.onDemandUsdPerHourUsEast1 !== undefined,
          );
          if (fits.length === 0) {
            expect(refused({ gpuRequirements })).toEqual(["gpuRequirements"]);
            return;
          }
          const { types } = plan({ gpuRequirements });
          expect(types.every((type) => fits.includes(type))).toBe(true);
          expect(types[0]?.onDemandUsdPerHourUsEast1).toBe(
            Math.min(...fits.map((type) => type.onDemandUsdPerHourUsEast1 ?? 0)),
          );
        },
      ),
    );
  });

  it("share their EFA interfaces (correction E16)", () => {
    const efaOf = (...types: string[]) => plan({ instanceTypes: types, efa: true }).efaInterfaces;
    expect(efaOf("g6e.8xlarge")).toBe(1);
    expect(efaOf("g6e.8xlarge", "g6e.16xlarge")).toBe(1);
    expect(efaOf("g6e.48xlarge")).toBe(4);
    expect(plan({ instanceTypes: ["g6e.48xlarge"] }).efaInterfaces).toBe(0);
  });
});

describe("refusals, before any resource", () => {
  it.each<[string, FleetArgs, string[]]>([
    ["EFA on g6e.2xlarge", { efa: true }, ["instanceTypes"]],
    ["EFA on g6e.4xlarge", { instanceTypes: ["g6e.4xlarge"], efa: true }, ["instanceTypes[0]"]],
    [
      "too little GPU memory",
      { instanceTypes: ["g6.2xlarge"], gpuRequirements: { minGpuMemoryMib: 40_000 } },
      ["instanceTypes[0]"],
    ],
    [
      "a burst taken for a baseline",
      { instanceTypes: ["g6e.2xlarge"], gpuRequirements: { minNetworkBaselineGbps: 20 } },
      ["instanceTypes[0]"],
    ],
    ["a type without a GPU", { instanceTypes: ["m7i.2xlarge"] }, ["instanceTypes[0]"]],
    ["different GPUs in one fleet", { instanceTypes: ["g6e.2xlarge", "g6.2xlarge"] }, ["instanceTypes[1]"]],
    ["a type that nobody knows", { instanceTypes: ["g6e.3xlarge"] }, ["instanceTypes[0]"]],
    ["no type", { instanceTypes: [] }, ["instanceTypes"]],
    ["requirements that nothing meets", { gpuRequirements: { minGpus: 9 } }, ["gpuRequirements"]],
    [
      "a cluster placement group across zones",
      { placementGroups: [{ key: "near", strategy: GpuPlacementStrategy.Cluster, zoneIds: testZones }] },
      ["placementGroups[0].zoneIds"],
    ],
    [
      "a zone in two placement groups",
      {
        placementGroups: ["a", "b"].map((key) => ({
          key,
          strategy: GpuPlacementStrategy.Partition,
          zoneIds: ["use1-az1"],
        })),
      },
      ["placementGroups[1].zoneIds"],
    ],
    [
      "a spread group for more than seven hosts",
      {
        onDemandMaxPerZone: 8,
        placementGroups: [{ key: "a", strategy: GpuPlacementStrategy.Spread, zoneIds: testZones }],
      },
      ["placementGroups[0].strategy"],
    ],
    ["a reservation smaller than the minimum", { minPerZone: 4, reservations: [reservation()] }, ["reservations"]],
    [
      "a reservation in another zone",
      { reservations: [reservation({ zoneId: "use1-az3" })] },
      ["reservations[0].zoneId"],
    ],
    [
      "a reservation of another type",
      { reservations: [reservation({ instanceType: "g6e.4xlarge" })] },
      ["reservations[0].instanceType"],
    ],
    [
      "a reservation of nothing",
      { minPerZone: 0, reservations: [reservation({ instanceCount: 0 })] },
      ["reservations[0].instanceCount"],
    ],
    ["a reservation that is none", { reservations: [reservation({ id: "r-1" })] }, ["reservations[0].id"]],
    ["a minimum that only spot could meet", { minPerZone: 5 }, ["minPerZone"]],
    [
      "a minimum that a zone without reservation cannot meet",
      { minPerZone: 3, onDemandMaxPerZone: 2, reservations: [reservation()] },
      ["minPerZone"],
    ],
    [
      "a warm pool beside several types",
      { instanceTypes: ["g6e.2xlarge", "g6e.4xlarge"], warmPoolPerZone: 1 },
      ["warmPoolPerZone"],
    ],
    ["a warm pool larger than what it feeds", { warmPoolPerZone: 5 }, ["warmPoolPerZone"]],
    ["a GPU target without room", { gpuTargetPercent: 95 }, ["gpuTargetPercent"]],
    [
      "a schedule that is no cron",
      { schedules: [{ key: "day", recurrence: "every day", minPerZone: 1 }] },
      ["schedules[0].recurrence"],
    ],
    [
      "a schedule above the maximum",
      { schedules: [{ key: "day", recurrence: "0 8 * * *", minPerZone: 5 }] },
      ["schedules[0].minPerZone"],
    ],
    ["a drain longer than a hook's heartbeat", { drainSeconds: 7201 }, ["drainSeconds"]],
    ["a volume without room for the images", { rootVolumeGib: 20 }, ["rootVolumeGib"]],
  ])("%s", (_, args, paths) => {
    expect(refused(args)).toEqual(paths);
  });

  it("a zone without the type, named by its ID", () => {
    // g6e is in use1-az1, 2, 4 and 6 (correction E6).
    expect(() => fleetPlan({}, "us-east-1", ["use1-az1", "use1-az3"])).toThrow("is not offered in use1-az3");
    expect(refused({}, ["use1-az1", "use1-az5"])).toEqual(["instanceTypes[0]"]);
  });

  it("several at once", () => {
    expect(refused({ gpuTargetPercent: 0, drainSeconds: 1 })).toEqual(["gpuTargetPercent", "drainSeconds"]);
  });
});
