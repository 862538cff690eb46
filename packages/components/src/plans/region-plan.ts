import { type AddressPlan, planAddresses } from "../network/address-plan.ts";
import { defaultInterfaceEndpoints } from "../network/endpoint-services.ts";
import { foreignZoneProblems } from "../network/address-checks.ts";
import { instanceType } from "../shared/instance-types.ts";
import { type Problem, refuseAll } from "../shared/refusal.ts";
import { type CapacityPlan, planCapacity } from "./capacity-plan.ts";
import { type CostPlan, CostSize, planCost } from "./cost-plan.ts";
import type { PriceList } from "./price-list.ts";
import { fleetMaxima, systemFleet } from "./fleet-sizes.ts";
import type { RegionPlanArgs } from "./region-plan-args.ts";

/** Everything about a region that is known before its first resource. */
export interface RegionPlan {
  /** AWS region. */
  region: string;
  /** Every subnet with its range. */
  addresses: AddressPlan;
  /** What the fleets need of the account's quotas at their maximum. */
  capacity: CapacityPlan;
  /** What runs when the stack is up. */
  cost: CostPlan;
  /** Every fleet at its maximum. */
  costAtMaximum: CostPlan;
}

/**
 * Plans a region: addresses, quotas and cost, as plain data.
 *
 * @param prices default: the prices that are known without asking AWS (`knownPrices`)
 * @throws PlanRefusedError when the addresses cannot be planned, or an instance type is not known or not offered in one
 *   of the zones.
 */
export function regionPlan(args: RegionPlanArgs, prices?: PriceList): RegionPlan {
  refuseAll([...foreignZoneProblems(args.region, args.zoneIds), ...offeringProblems(args)]);
  const endpoints = (args.interfaceEndpoints ?? defaultInterfaceEndpoints).length;
  const addresses = planAddresses({
    vpcCidrBlock: args.vpcCidrBlock,
    zoneIds: args.zoneIds,
    maxZones: args.maxZones,
    podCidrBlock: args.podCidrBlock,
    connectedRanges: args.connectedRanges,
    subnets: args.subnets,
    allowReplacement: args.allowReplacement,
    fleets: fleetMaxima(args),
  });
  return {
    region: args.region,
    addresses,
    capacity: planCapacity(args, addresses, endpoints),
    cost: planCost(args, CostSize.Configured, endpoints, prices),
    costAtMaximum: planCost(args, CostSize.Maximum, endpoints, prices),
  };
}

/** Instance types that a zone does not offer. Of a region that the table does not know, nothing is said. */
function offeringProblems(args: RegionPlanArgs): Problem[] {
  const fleets = {
    "cache.instanceType": args.cache,
    "proxies.instanceType": args.proxies,
    "proxies.systemInstanceType": systemFleet(args),
    "gpu.instanceType": args.gpu,
  };
  return Object.entries(fleets).flatMap(([path, fleet]): Problem[] => {
    const type = fleet && instanceType(fleet.instanceType, path);
    const offered = type?.azIds[args.region];
    const missing = args.zoneIds.filter((zoneId) => offered?.includes(zoneId) === false);
    return missing.length === 0
      ? []
      : [
          {
            path,
            value: type?.type,
            reason: `is not offered in ${missing.join(", ")}`,
            mend: `In ${args.region} it is offered in ${offered?.join(", ")}: choose among those zones or another type.`,
          },
        ];
  });
}
