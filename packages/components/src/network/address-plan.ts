import {
  type CidrRange,
  contains,
  firstFree,
  formatCidr,
  largestPrefix,
  parsed,
  prefixFor,
  remainder,
  sizeOf,
  usableAddresses,
} from "../shared/cidr.ts";
import { type Problem, refuseAll } from "../shared/refusal.ts";
import { checkRanges, podRangeProblems } from "./address-checks.ts";
import { describeNeeds, type FleetMaxima, fleetProblems, totalOf, type ZoneNeeds, zoneNeeds } from "./address-needs.ts";
import { needsReplacement, noRoom, tooSmall } from "./address-refusals.ts";
import { type PlannedSubnet, type SubnetBlock, SubnetTier, usableIn } from "./subnets.ts";
import { shareOf, slotOf, slotTiers } from "./zone-slots.ts";

/** A range that the VPC is, or will be, connected to by peering, Transit Gateway or VPN, and so must not share. */
export interface ConnectedRange {
  /** Whose it is, such as `us-east-2`. */
  name: string;
  /** Such as `10.66.64.0/18`. */
  cidrBlock: string;
}

/** What an address plan is made from. */
export interface AddressPlanArgs {
  /** The VPC's range: private, aligned, `/16` to `/22`. */
  vpcCidrBlock: string;
  /** Availability Zone IDs, such as `use1-az1`. The order is kept: new zones go to the end. */
  zoneIds: string[];
  /** The most that the fleets will ever be. */
  fleets: FleetMaxima;
  /**
   * Zones that the range has room for: 2, 4 or 8. Decides the division, so choose it once. Default: 4.
   */
  maxZones?: number;
  /**
   * Range for pods, from 100.64.0.0/10. Given, pods always have it; left out, they get `100.64.0.0/16` when the private
   * subnets cannot hold them.
   */
  podCidrBlock?: string;
  /** Ranges that must not be shared. Default: none. */
  connectedRanges?: ConnectedRange[];
  /**
   * Subnets to keep: those of an earlier plan, or a VPC's own. What is missing is found in the free room. Default: the
   * standard division of the range.
   */
  subnets?: SubnetBlock[];
  /** Whether subnets that are too small, or whose zone is gone, may be replaced. Default: false. */
  allowReplacement?: boolean;
}

/** A subnet that would be destroyed, and the one that takes its place; none when its zone is gone. */
export interface Replacement {
  /** What would be destroyed. */
  from: SubnetBlock;
  /** What takes its place; left out when its zone is gone. */
  to?: SubnetBlock;
}

/** Every subnet of a region, known before any of them exists. */
export interface AddressPlan {
  /** The VPC's first range, as given. */
  vpcCidrBlock: string;
  /** Availability Zone IDs, in the order given. */
  zoneIds: string[];
  /** Zones that the range is divided for. */
  maxZones: number;
  /** The secondary range, when pods have one. */
  podCidrBlock?: string;
  /** By zone in the order of `zoneIds`, and within a zone by tier: private, data, public, endpoint, pod. */
  subnets: PlannedSubnet[];
  /** What the plan destroys of the subnets that it was given, or of the standard division. */
  replaced: Replacement[];
  /** Blocks of the VPC's own range that nothing uses. */
  free: string[];
}

/** The pods' range when they need one and none was given. */
const defaultPodCidrBlock = "100.64.0.0/16";

/**
 * Plans every subnet of a region.
 *
 * The same range, zones and slots give the same subnets whatever the fleets are. Fleets decide whether the subnets are
 * large enough, and whether the pods get the secondary range.
 *
 * @throws PlanRefusedError with every range that is misaligned, overlapping, colliding or too small, the numbers, and
 *   the nearest that fits; and when a subnet would have to be replaced without `allowReplacement`.
 */
export function planAddresses(args: AddressPlanArgs): AddressPlan {
  const maxZones = args.maxZones ?? 4;
  refuseAll([...fleetProblems(args.fleets), ...checkRanges(args, maxZones)]);
  const vpc = parsed(args.vpcCidrBlock);

  const zones = args.zoneIds.length;
  const inside = zoneNeeds(args.fleets, zones, false);
  const base = placeSubnets(args, vpc, maxZones);
  const holdsPods = base.every(
    (subnet) => subnet.tier !== SubnetTier.Private || usableIn(subnet) >= totalOf(inside.private),
  );
  const keepsPods = (args.subnets ?? []).some((subnet) => subnet.tier === SubnetTier.Pod);
  const podRange = args.podCidrBlock ?? (holdsPods && !keepsPods ? undefined : defaultPodCidrBlock);
  const needs = podRange === undefined ? inside : zoneNeeds(args.fleets, zones, true);
  refuseAll(podRangeProblems({ ...args, podCidrBlock: podRange }, vpc));

  const { subnets, replaced, problems } = enlarge(args, vpc, maxZones, base, needs);
  const pods = podRange === undefined ? [] : placePods(args, parsed(podRange), maxZones, needs, problems);
  refuseAll(problems);

  const own = subnets.map((subnet) => parsed(subnet.cidrBlock));
  return {
    vpcCidrBlock: args.vpcCidrBlock,
    zoneIds: args.zoneIds,
    maxZones,
    ...(podRange === undefined ? {} : { podCidrBlock: podRange }),
    subnets: args.zoneIds.flatMap((zoneId) =>
      [...subnets, ...pods].filter((subnet) => subnet.zoneId === zoneId).map((subnet) => withNeeds(subnet, needs)),
    ),
    replaced,
    free: remainder(vpc, own).map(formatCidr),
  };
}

/** Every subnet of the VPC's own range: those given, else the zone's share of its slot, else the first free block of that size. */
function placeSubnets(args: AddressPlanArgs, vpc: CidrRange, maxZones: number): SubnetBlock[] {
  const kept = (args.subnets ?? []).filter((subnet) => subnet.tier !== SubnetTier.Pod);
  const taken = kept.map((subnet) => parsed(subnet.cidrBlock));
  const problems: Problem[] = [];
  const placed = args.zoneIds.flatMap((zoneId, index) =>
    slotTiers.flatMap((tier): SubnetBlock[] => {
      const given = kept.find((subnet) => subnet.zoneId === zoneId && subnet.tier === tier);
      if (given !== undefined) {
        return [given];
      }
      const slot = slotOf(vpc, maxZones, index);
      const share = slot === undefined ? undefined : shareOf(slot, tier);
      const prefix = share?.prefix ?? shareOf({ first: 0, prefix: vpc.prefix + Math.log2(maxZones) }, tier).prefix;
      const block =
        share !== undefined && firstFree(share, taken, prefix) !== undefined ? share : firstFree(vpc, taken, prefix);
      if (block === undefined) {
        problems.push(noRoom(args, maxZones, tier, zoneId, 2 ** (32 - prefix)));
        return [];
      }
      taken.push(block);
      return [{ tier, zoneId, cidrBlock: formatCidr(block) }];
    }),
  );
  refuseAll(problems);
  return placed;
}

/** Replaces what is too small by blocks from the free room, and says what that destroys. */
function enlarge(
  args: AddressPlanArgs,
  vpc: CidrRange,
  maxZones: number,
  base: SubnetBlock[],
  needs: ZoneNeeds,
): { subnets: SubnetBlock[]; replaced: Replacement[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const replaced: Replacement[] = (args.subnets ?? [])
    .filter((subnet) => !args.zoneIds.includes(subnet.zoneId))
    .map((from) => ({ from }));
  const taken = [...base, ...replaced.map(({ from }) => from)].map((subnet) => parsed(subnet.cidrBlock));

  const subnets = base.map((subnet) => {
    const needed = totalOf(needs[subnet.tier]);
    if (usableIn(subnet) >= needed) {
      return subnet;
    }
    const slot = slotOf(vpc, maxZones, args.zoneIds.indexOf(subnet.zoneId));
    const prefix = prefixFor(needed);
    const block = (slot && firstFree(slot, taken, prefix)) ?? firstFree(vpc, taken, prefix);
    if (block === undefined) {
      problems.push(tooSmall(args, maxZones, subnet, needs));
      return subnet;
    }
    taken.push(block);
    const to = { ...subnet, cidrBlock: formatCidr(block) };
    replaced.push({ from: subnet, to });
    return to;
  });

  if (replaced.length > 0 && args.allowReplacement !== true) {
    problems.push(...replaced.map((replacement) => needsReplacement(args, maxZones, replacement, needs)));
  }
  return { subnets, replaced, problems };
}

/** The pods' subnets: one slot a zone, whole. */
function placePods(
  args: AddressPlanArgs,
  range: CidrRange,
  maxZones: number,
  needs: ZoneNeeds,
  problems: Problem[],
): SubnetBlock[] {
  const kept = (args.subnets ?? []).filter((subnet) => subnet.tier === SubnetTier.Pod);
  const taken = kept.map((subnet) => parsed(subnet.cidrBlock));
  return args.zoneIds.flatMap((zoneId, index) => {
    const given = kept.find((subnet) => subnet.zoneId === zoneId);
    const slot = slotOf(range, maxZones, index);
    const block = given === undefined ? slot && firstFree(slot, taken, slot.prefix) : parsed(given.cidrBlock);
    if (block !== undefined && !contains(range, block)) {
      problems.push({
        path: "podCidrBlock",
        value: formatCidr(range),
        reason: `does not contain ${formatCidr(block)}, the pods' subnet in ${zoneId} that is to be kept`,
        mend: "Give the range that the pods had.",
      });
      return [];
    }
    if (block === undefined || usableAddresses(block.prefix) < totalOf(needs.pod)) {
      problems.push({
        path: "podCidrBlock",
        value: formatCidr(range),
        reason: `gives the pods of ${zoneId} ${block === undefined ? "no free block" : `${usableAddresses(block.prefix)} addresses`} and they need ${describeNeeds(needs.pod)}`,
        mend: `Set fleets.proxyWarmIpTarget so that nodes hold fewer addresses, or give a wider range of 100.64.0.0/10 (AWS allows /${largestPrefix}) for fewer zones (maxZones is ${maxZones}).`,
      });
      return [];
    }
    taken.push(block);
    return [{ tier: SubnetTier.Pod, zoneId, cidrBlock: formatCidr(block) }];
  });
}

function withNeeds(subnet: SubnetBlock, needs: ZoneNeeds): PlannedSubnet {
  return {
    ...subnet,
    usableAddresses: usableIn(subnet),
    neededAddresses: totalOf(needs[subnet.tier]),
    neededFor: needs[subnet.tier].map((need) => need.what).join(" + "),
  };
}

/** How many addresses blocks have together. */
export function totalAddresses(blocks: readonly string[]): number {
  return blocks.reduce((sum, block) => sum + sizeOf(parsed(block)), 0);
}
