import { type CidrRange, sizeOf } from "../shared/cidr.ts";
import { SubnetTier } from "./subnets.ts";

/**
 * How a range is divided when nothing says otherwise. The division depends on the range and on the number of slots only,
 * never on the fleets or on how many zones are in use: that is why nothing moves when a zone is added or a maximum
 * raised.
 *
 * The range is cut into equal slots, one a zone. A slot is half private and a quarter data; public and endpoint subnets
 * have a sixteenth each, and the last eighth is left free.
 */
const shares: { tier: SubnetTier; offset: number; bits: number }[] = [
  { tier: SubnetTier.Private, offset: 0, bits: 1 },
  { tier: SubnetTier.Data, offset: 1 / 2, bits: 2 },
  { tier: SubnetTier.Public, offset: 12 / 16, bits: 4 },
  { tier: SubnetTier.Endpoint, offset: 13 / 16, bits: 4 },
];

/** The tiers that lie in the VPC's own range, in the order of their addresses in a slot. */
export const slotTiers: SubnetTier[] = shares.map((share) => share.tier);

/** The widest prefix whose smallest subnets are still what AWS allows: `/22` for four slots. */
export function smallestVpcPrefix(slots: number): number {
  return 28 - 4 - Math.log2(slots);
}

/** The slot of a zone, by its place in the list of zones; `undefined` when there are more zones than slots. */
export function slotOf(parent: CidrRange, slots: number, index: number): CidrRange | undefined {
  if (index >= slots) {
    return undefined;
  }
  const prefix = parent.prefix + Math.log2(slots);
  return { first: parent.first + (index * sizeOf(parent)) / slots, prefix };
}

/** Where a tier lies in a slot. */
export function shareOf(slot: CidrRange, tier: SubnetTier): CidrRange {
  const share = shares.find((candidate) => candidate.tier === tier);
  if (share === undefined) {
    throw new Error(`${tier} subnets have no share of the VPC's own range`);
  }
  return { first: slot.first + share.offset * sizeOf(slot), prefix: slot.prefix + share.bits };
}
