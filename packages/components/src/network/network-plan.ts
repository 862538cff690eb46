import { PlanRefusedError, type Problem, refuseAll } from "../shared/refusal.ts";
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
  refuseAll([...foreignZoneProblems(args.region, args.zoneIds), ...endpointProblems(interfaceEndpoints)]);
  const addresses = byOwnNames(() =>
    planAddresses({
      vpcCidrBlock: args.cidrBlock,
      zoneIds: args.zoneIds,
      fleets: { interfaceEndpoints: interfaceEndpoints.length, ...args.fleets },
      maxZones: args.maxZones,
      podCidrBlock: args.podCidrBlock,
      connectedRanges: args.connectedRanges,
      subnets: args.subnets,
      allowReplacement: args.allowReplacement,
    }),
  );
  return { addresses, interfaceEndpoints };
}

/** Refusals of the address plan, under the names of the network's arguments. */
function byOwnNames(plan: () => AddressPlan): AddressPlan {
  try {
    return plan();
  } catch (error) {
    if (!(error instanceof PlanRefusedError)) throw error;
    const own = (problem: Problem) => (problem.path === "vpcCidrBlock" ? { ...problem, path: "cidrBlock" } : problem);
    throw new PlanRefusedError(error.problems.map(own));
  }
}

/** Endpoints that would have the same name, and what cannot be a service's name. */
function endpointProblems(services: string[]): Problem[] {
  return services.flatMap((service, index): Problem[] => {
    const path = `interfaceEndpoints[${index}]`;
    if (!/^[a-z0-9][a-z0-9.-]*$/.test(service) || service.startsWith("com.amazonaws")) {
      const mend = "Give the part behind the region, such as ecr.api.";
      return [{ path, value: service, reason: "is not the short name of an AWS service", mend }];
    }
    return services.indexOf(service) === index
      ? []
      : [{ path, value: service, reason: "is listed twice", mend: "List each service once." }];
  });
}
