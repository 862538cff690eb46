import {
  type DisasterRecoveryPlan,
  disasterRecoveryPlan,
  type FrontDoorRecoveryArgs,
  frontDoorRecoveryPlan,
  type RegionRecoveryArgs,
} from "@mrgc/components/plans";
import { sharedArgs } from "./component-args.ts";
import type { GlobalSettings, RegionSettings } from "./settings.ts";

/** A region's settings as the recovery plan takes them. */
export function regionRecoveryArgs(settings: RegionSettings): RegionRecoveryArgs {
  const { region, network, gpu, tenants } = settings;
  return {
    region,
    zoneIds: network.zoneIds,
    ...sharedArgs(settings),
    gpu: { minPerZone: gpu.minPerZone, maxPerZone: gpu.maxPerZone },
    tenants: tenants.map(({ name, regions }) => ({ name, regions })),
  };
}

/** The global stack's settings as the recovery plan takes them. */
export function frontDoorRecoveryArgs({ regions }: GlobalSettings): FrontDoorRecoveryArgs {
  return { regions };
}

/** What a stack keeps where, and what its failures cost. */
export function recoveryPlan(settings: RegionSettings | GlobalSettings): DisasterRecoveryPlan {
  return settings.role === "global"
    ? frontDoorRecoveryPlan(frontDoorRecoveryArgs(settings))
    : disasterRecoveryPlan(regionRecoveryArgs(settings));
}
