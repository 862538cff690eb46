import { formatCidr, largestPrefix, parsed, prefixFor, usableAddresses } from "../shared/cidr.ts";
import type { Problem } from "../shared/refusal.ts";
import { describeNeeds, totalOf, type ZoneNeeds, zoneNeeds } from "./address-needs.ts";
import type { AddressPlanArgs, Replacement } from "./address-plan.ts";
import { describeSubnet, type SubnetBlock, type SubnetTier, usableIn } from "./subnets.ts";
import { shareOf, slotTiers, smallestVpcPrefix } from "./zone-slots.ts";

/** The narrowest wider range, beginning at or before the one given, whose standard division holds the fleets. */
function nearestRange(args: AddressPlanArgs, maxZones: number): string {
  const vpc = parsed(args.vpcCidrBlock);
  const slots = Math.max(maxZones, 2 ** Math.ceil(Math.log2(args.zoneIds.length)));
  const needs = zoneNeeds(args.fleets, args.zoneIds.length, true);
  const widest = Math.min(vpc.prefix, smallestVpcPrefix(slots));
  for (let prefix = widest; prefix >= largestPrefix; prefix--) {
    const size = 2 ** (32 - prefix);
    const candidate = { first: Math.floor(vpc.first / size) * size, prefix };
    const slot = { first: candidate.first, prefix: prefix + Math.log2(slots) };
    if (slotTiers.every((tier) => usableAddresses(shareOf(slot, tier).prefix) >= totalOf(needs[tier]))) {
      return `The nearest range that fits is ${formatCidr(candidate)}${slots === maxZones ? "" : ` with maxZones ${slots}`}.`;
    }
  }
  return `No VPC range fits, because AWS allows /${largestPrefix} at most: spread the fleets over more zones or regions.`;
}

/** A subnet that the fleets outgrow and that nothing free can replace. */
export function tooSmall(args: AddressPlanArgs, maxZones: number, subnet: SubnetBlock, needs: ZoneNeeds): Problem {
  return {
    path: "vpcCidrBlock",
    value: args.vpcCidrBlock,
    reason: `is too small: ${describeSubnet(subnet)} holds ${usableIn(subnet)} addresses and needs ${describeNeeds(needs[subnet.tier])}, and no /${prefixFor(totalOf(needs[subnet.tier]))} is free`,
    mend: nearestRange(args, maxZones),
  };
}

/** A tier of a zone for which nothing is free. */
export function noRoom(
  args: AddressPlanArgs,
  maxZones: number,
  tier: SubnetTier,
  zoneId: string,
  size: number,
): Problem {
  return {
    path: "vpcCidrBlock",
    value: args.vpcCidrBlock,
    reason: `has no free block of ${size} addresses for ${tier} in ${zoneId}: it is divided for ${maxZones} zones`,
    mend: `${nearestRange(args, maxZones)} Choose it before the first deployment, because it moves every subnet.`,
  };
}

/** A subnet that would be destroyed without anybody having said that it may. */
export function needsReplacement(
  args: AddressPlanArgs,
  maxZones: number,
  replacement: Replacement,
  needs: ZoneNeeds,
): Problem {
  const { from, to } = replacement;
  const path = args.subnets === undefined ? "vpcCidrBlock" : "subnets";
  if (to === undefined) {
    return {
      path,
      value: from.cidrBlock,
      reason: `${describeSubnet(from)} would be destroyed, because zoneIds no longer has its zone`,
      mend: "Keep the zone, or set allowReplacement to true once nothing runs there.",
    };
  }
  return {
    path,
    value: from.cidrBlock,
    reason: `${describeSubnet(from)} holds ${usableIn(from)} addresses and needs ${describeNeeds(needs[from.tier])}; it would be replaced by ${to.cidrBlock}, with everything in it`,
    mend: `Lower the fleet's maximum, or set allowReplacement to true. ${args.subnets === undefined ? nearestRange(args, maxZones) : ""}`.trim(),
  };
}
