import { parsed, usableAddresses } from "../shared/cidr.ts";

/** What a subnet is for. There is one of each a zone. */
export const SubnetTier = {
  /** NAT gateways and public load balancers, nothing else. */
  Public: "public",
  /** Workloads; a default route to the zone's own NAT gateway. */
  Private: "private",
  /** Caches and databases; no default route. */
  Data: "data",
  /** Interface endpoints; no default route. */
  Endpoint: "endpoint",
  /** Pods, in the secondary range; a default route to the zone's own NAT gateway. */
  Pod: "pod",
} as const;
export type SubnetTier = (typeof SubnetTier)[keyof typeof SubnetTier];

/** A subnet: what for, where, and which addresses. */
export interface SubnetBlock {
  /** What the subnet is for. */
  tier: SubnetTier;
  /** Such as `use1-az1`. */
  zoneId: string;
  /** Such as `10.66.0.0/21`. */
  cidrBlock: string;
}

/** A subnet of a plan, with what it can hold and what it must. */
export interface PlannedSubnet extends SubnetBlock {
  /** Interfaces it can hold: its size less the 5 addresses that AWS keeps. */
  usableAddresses: number;
  /** Interfaces it must hold with every fleet at its maximum. */
  neededAddresses: number;
  /** What the number is made of. */
  neededFor: string;
}

/** The blocks of a tier, in the order of the zones. */
export function blocksOf(subnets: readonly SubnetBlock[], tier: SubnetTier): string[] {
  return subnets.filter((subnet) => subnet.tier === tier).map((subnet) => subnet.cidrBlock);
}

/** How a message names a subnet: `private in use1-az1 (10.66.0.0/21)`. */
export function describeSubnet(subnet: SubnetBlock): string {
  return `${subnet.tier} in ${subnet.zoneId} (${subnet.cidrBlock})`;
}

/** How many interfaces a subnet can hold. */
export function usableIn(subnet: SubnetBlock): number {
  return usableAddresses(parsed(subnet.cidrBlock).prefix);
}
