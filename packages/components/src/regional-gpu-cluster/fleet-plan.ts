import { type InstanceType, instanceType, instanceTypes, offeredIn } from "../shared/instance-types.ts";
import { PlanRefusedError, refuseAll, type Problem } from "../shared/refusal.ts";
import { placementProblems, reservationProblems, scheduleProblems, sizeProblems } from "./fleet-checks.ts";
import type { RegionalGpuClusterArgs } from "./args.ts";
import { type GpuPlacementGroup, type GpuSchedule, PredictiveScaling } from "./fleet-args.ts";

/** Where a group's hosts come from, in the order in which they are used. */
export const CapacitySource = { Reserved: "reserved", OnDemand: "on-demand", Spot: "spot" } as const;
export type CapacitySource = (typeof CapacitySource)[keyof typeof CapacitySource];

/** The part of the arguments that the fleet is planned from. */
export type FleetArgs = Pick<
  RegionalGpuClusterArgs,
  | "instanceTypes"
  | "gpuRequirements"
  | "minPerZone"
  | "onDemandMaxPerZone"
  | "spotMaxPerZone"
  | "reservations"
  | "placementGroups"
  | "efa"
  | "warmPoolPerZone"
  | "gpuTargetPercent"
  | "requestsPerHost"
  | "schedules"
  | "predictiveScaling"
  | "drainSeconds"
  | "rootVolumeGib"
>;

/** One Auto Scaling group: one zone, one source. */
export interface GpuGroupPlan {
  /** Zone ID and source, such as `use1-az1-on-demand`: part of logical and physical names. */
  readonly key: string;
  readonly zoneId: string;
  readonly source: CapacitySource;
  /** Types in the order in which they are tried. */
  readonly instanceTypes: readonly string[];
  readonly min: number;
  readonly max: number;
  /** Only of the source `reserved`. */
  readonly reservationIds: readonly string[];
  /** Key of the placement group, if any. */
  readonly placementGroup?: string;
  readonly warmPool: number;
  /** The load that an on-demand group is kept at, and past which a spot group starts hosts; none where the size is fixed. */
  readonly targets?: { readonly gpuPercent: number; readonly requestsPerHost: number };
}

export interface FleetPlan {
  readonly types: readonly InstanceType[];
  readonly groups: readonly GpuGroupPlan[];
  readonly placementGroups: readonly GpuPlacementGroup[];
  /** EFA interfaces of each host; 0 without EFA. */
  readonly efaInterfaces: number;
  readonly schedules: readonly GpuSchedule[];
  readonly predictiveScaling: PredictiveScaling;
  readonly drainSeconds: number;
  readonly rootVolumeGib: number;
  /** Hosts in a zone at most, over all sources. */
  readonly maxPerZone: number;
  /** The same while they are replaced, when a group has one more for every ten. */
  readonly maxPerZoneWhileReplaced: number;
}

const defaultType = "g6e.2xlarge";
/** Types that are taken when requirements choose: more of them find more capacity, and each must be tested with the model. */
const chosenTypes = 3;
/** Spot hosts start a fourth past the requests, and half-way from the target to 100 % of GPU use: past what on-demand hosts would have taken. */
const spotLoad = 1.25;

/**
 * Chooses and checks the fleet's types and makes a group for every zone and source.
 *
 * @throws PlanRefusedError naming every argument that EC2 would refuse or that would leave the fleet unable to serve
 */
export function fleetPlan(args: FleetArgs, region: string, zoneIds: readonly string[]): FleetPlan {
  const types = fleetTypes(args, region, zoneIds);
  const plan = {
    minPerZone: args.minPerZone ?? 1,
    onDemandMax: args.onDemandMaxPerZone ?? 4,
    spotMax: args.spotMaxPerZone ?? 0,
    warmPool: args.warmPoolPerZone ?? 0,
    gpuPercent: args.gpuTargetPercent ?? 70,
    requestsPerHost: args.requestsPerHost ?? 8,
    reservations: args.reservations ?? [],
    placementGroups: args.placementGroups ?? [],
    schedules: args.schedules ?? [],
    drainSeconds: args.drainSeconds ?? 300,
    rootVolumeGib: args.rootVolumeGib ?? 200,
  };
  const efaInterfaces = args.efa === true ? Math.min(...types.map((type) => type.efaInterfaces)) : 0;
  refuseAll([
    ...typeProblems(types, args),
    ...sizeProblems(plan, zoneIds),
    ...reservationProblems(plan.reservations, plan.minPerZone, region, zoneIds, types),
    ...placementProblems(plan, zoneIds),
    ...scheduleProblems(plan.schedules, plan.onDemandMax),
    ...(plan.warmPool > 0 && types.length > 1
      ? [
          {
            path: "warmPoolPerZone",
            value: plan.warmPool,
            reason: `needs groups of a single instance type, and the fleet has ${types.length}: EC2 Auto Scaling keeps no warm pool beside a mixed instances policy`,
            mend: "Give one instance type, or no warm pool.",
          },
        ]
      : []),
  ]);

  const groups = zoneIds.flatMap((zoneId): GpuGroupPlan[] => {
    const here = plan.reservations.filter((reservation) => reservation.zoneId === zoneId);
    const reserved = here.reduce((sum, { instanceCount }) => sum + instanceCount, 0);
    const placementGroup = plan.placementGroups.find((group) => group.zoneIds.includes(zoneId))?.key;
    const group = (source: CapacitySource, rest: Partial<GpuGroupPlan>): GpuGroupPlan => ({
      key: `${zoneId}-${source}`,
      zoneId,
      source,
      instanceTypes: types.map((type) => type.type),
      min: 0,
      max: 0,
      reservationIds: [],
      warmPool: 0,
      ...(placementGroup === undefined ? {} : { placementGroup }),
      ...rest,
    });
    return [
      ...(reserved === 0
        ? []
        : [
            group(CapacitySource.Reserved, {
              instanceTypes: [...new Set(here.map((reservation) => reservation.instanceType))],
              min: reserved,
              max: reserved,
              reservationIds: here.map(({ id }) => id),
            }),
          ]),
      ...(plan.onDemandMax === 0
        ? []
        : [
            group(CapacitySource.OnDemand, {
              min: reserved === 0 ? plan.minPerZone : 0,
              max: plan.onDemandMax,
              warmPool: plan.warmPool,
              targets: { gpuPercent: plan.gpuPercent, requestsPerHost: plan.requestsPerHost },
            }),
          ]),
      ...(plan.spotMax === 0
        ? []
        : [
            group(CapacitySource.Spot, {
              max: plan.spotMax,
              targets: {
                gpuPercent: plan.gpuPercent + (100 - plan.gpuPercent) / 2,
                requestsPerHost: plan.requestsPerHost * spotLoad,
              },
            }),
          ]),
    ];
  });

  const mostOfAZone = (hosts: (group: GpuGroupPlan) => number) =>
    Math.max(
      ...zoneIds.map((zoneId) =>
        groups.filter((group) => group.zoneId === zoneId).reduce((sum, group) => sum + hosts(group), 0),
      ),
    );
  return {
    types,
    groups,
    placementGroups: plan.placementGroups,
    efaInterfaces,
    schedules: plan.schedules,
    predictiveScaling: args.predictiveScaling ?? PredictiveScaling.Off,
    drainSeconds: plan.drainSeconds,
    rootVolumeGib: plan.rootVolumeGib,
    maxPerZone: mostOfAZone(({ max }) => max),
    maxPerZoneWhileReplaced: mostOfAZone(({ max }) => max + Math.ceil(max / 10)),
  };
}

/** The types given, each offered in every zone, or the cheapest ones that have what is asked. */
function fleetTypes(args: FleetArgs, region: string, zoneIds: readonly string[]): InstanceType[] {
  const everywhere = (type: InstanceType) => zoneIds.every((zoneId) => offeredIn(type, region, zoneId));
  if (args.instanceTypes === undefined && args.gpuRequirements !== undefined) {
    const fitting = instanceTypes()
      .filter((type) => type.arch.includes("x86_64") && type.nitroEnclaves && type.nitroTpm && everywhere(type))
      .filter((type) => type.onDemandUsdPerHourUsEast1 !== undefined && lacking(type, args).length === 0)
      .sort((one, other) => (one.onDemandUsdPerHourUsEast1 ?? 0) - (other.onDemandUsdPerHourUsEast1 ?? 0));
    const [cheapest] = fitting;
    if (cheapest === undefined) {
      throw new PlanRefusedError([
        {
          path: "gpuRequirements",
          value: args.gpuRequirements,
          reason: `are met by no type that is offered in all of ${zoneIds.join(", ")}`,
          mend: "Ask for less, or for other zones.",
        },
      ]);
    }
    return fitting.filter((type) => sameGpus(type, cheapest)).slice(0, chosenTypes);
  }
  const names = args.instanceTypes ?? [defaultType];
  const types = names.map((name, index) => instanceType(name, `instanceTypes[${index}]`));
  refuseAll([
    ...(names.length === 0
      ? [{ path: "instanceTypes", value: names, reason: "is empty", mend: `Leave it out for ${defaultType}.` }]
      : []),
    ...types.flatMap((type, index) => {
      const missing = zoneIds.filter((zoneId) => !offeredIn(type, region, zoneId));
      return missing.length === 0
        ? []
        : [
            {
              path: `instanceTypes[${index}]`,
              value: type.type,
              reason: `is not offered in ${missing.join(", ")}; in ${region} it is in ${(type.azIds[region] ?? []).join(", ") || "no zone"}`,
              mend: "Choose other zones, by ID, or another type.",
            },
          ];
    }),
  ]);
  return types;
}

function sameGpus(one: InstanceType, other: InstanceType): boolean {
  return one.gpu?.name === other.gpu?.name && one.gpu?.count === other.gpu?.count;
}

/** What a type lacks of the requirements, in words. */
function lacking(type: InstanceType, args: FleetArgs): string[] {
  const asked = args.gpuRequirements ?? {};
  const gpus = type.gpu?.count ?? 0;
  const gpuMemoryMib = type.gpu?.memoryMib ?? 0;
  const needs: [have: number, need: number, what: string][] = [
    [gpus, asked.minGpus ?? 1, "GPUs"],
    [gpuMemoryMib, asked.minGpuMemoryMib ?? 0, "MiB of GPU memory"],
    [type.networkBaselineGbps, asked.minNetworkBaselineGbps ?? 0, "Gbit/s of network baseline"],
    [type.efaInterfaces, args.efa === true ? 1 : 0, "EFA interfaces"],
  ];
  return needs.filter(([have, need]) => have < need).map(([have, need, what]) => `${have} ${what} and needs ${need}`);
}

function typeProblems(types: readonly InstanceType[], args: FleetArgs): Problem[] {
  const [first] = types;
  return types.flatMap((type, index): Problem[] => {
    const path = args.instanceTypes === undefined ? "instanceTypes" : `instanceTypes[${index}]`;
    const lacks = lacking(type, args);
    const efaMend = "EFA begins at g6e.8xlarge in this family (correction E16): choose a larger type, or no EFA.";
    return [
      ...(lacks.length === 0
        ? []
        : [
            {
              path,
              value: type.type,
              reason: `has ${lacks.join(", ")}`,
              mend: args.efa === true && type.efaInterfaces === 0 ? efaMend : "Choose a larger type, or ask for less.",
            },
          ]),
      ...(type.arch.includes("x86_64")
        ? []
        : [{ path, value: type.type, reason: "is not x86_64, which the images are", mend: "Choose an x86_64 type." }]),
      ...(first === undefined || sameGpus(type, first)
        ? []
        : [
            {
              path,
              value: type.type,
              reason: `has ${type.gpu?.count ?? 0} ${type.gpu?.name ?? "GPU"} where ${first.type} has ${first.gpu?.count ?? 0} ${first.gpu?.name ?? "GPU"}: requests are spread as if every host did the same work`,
              mend: "Give types with the same GPUs, and other clusters to other GPUs.",
            },
          ]),
    ];
  });
}
