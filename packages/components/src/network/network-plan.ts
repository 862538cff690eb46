import { refuseAll } from "../shared/refusal.ts";
import { foreignZoneProblems } from "./address-checks.ts";
import { type AddressPlan, planAddresses } from "./address-plan.ts";
import type { NetworkArgs } from "./args.ts";
import { defaultInterfaceEndpoints } from "./endpoint-services.ts";

/** Everything about a network that is known before it exists. */
export interface NetworkPlan {
  addresses: AddressPlan;
  /** Services with an interface endpoint, such as `ecr.api`. */
  interfaceEndpoints: string[];
}

/**
 * Plans a network: its subnets, and the endpoints in them.
 *
 * @throws PlanRefusedError with everything that is wrong with the arguments.
 */
export function planNetwork(args: NetworkArgs): NetworkPlan {
  const interfaceEndpoints = args.interfaceEndpoints ?? [...defaultInterfaceEndpoints];
  refuseAll(foreignZoneProblems(args.region, args.zoneIds));
  const addresses = planAddresses({
    vpcCidrBlock: args.cidrBlock,
    zoneIds: args.zoneIds,
    fleets: { interfaceEndpoints: interfaceEndpoints.length, ...args.fleets },
    maxZones: args.maxZones,
    podCidrBlock: args.podCidrBlock,
    connectedRanges: args.connectedRanges,
    subnets: args.subnets,
    allowReplacement: args.allowReplacement,
  });
  return { addresses, interfaceEndpoints };
}
