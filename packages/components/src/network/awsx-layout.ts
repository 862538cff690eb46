import { type CidrRange, formatCidr, halves, lastOf, parsed } from "../shared/cidr.ts";
import type { AddressPlan } from "./address-plan.ts";
import { blocksOf, SubnetTier } from "./subnets.ts";
import { slotTiers } from "./zone-slots.ts";

/** One kind of subnet as `awsx.ec2.Vpc` takes it: a block a zone, in the order of the zones. */
export interface AwsxSubnetSpec {
  type: "Public" | "Private" | "Isolated" | "Unused";
  name: string;
  cidrBlocks: string[];
}

/** How `awsx.ec2.Vpc` is told an address plan. */
export interface AwsxLayout {
  /** `Exact` checks that every address of the range is spoken for; `Auto` takes the blocks as they are. */
  strategy: "Exact" | "Auto";
  specs: AwsxSubnetSpec[];
}

const typeOf: Record<string, AwsxSubnetSpec["type"]> = {
  [SubnetTier.Public]: "Public",
  [SubnetTier.Private]: "Private",
  [SubnetTier.Data]: "Isolated",
  [SubnetTier.Endpoint]: "Isolated",
};

/**
 * The plan's subnets of the VPC's own range for `awsx.ec2.Vpc`.
 *
 * Its `Exact` strategy wants the blocks of zone after zone to follow one another without a gap, free room included. The
 * standard division does, once the free room is named; subnets that were given or moved do not, and go in as `Auto`.
 */
export function awsxLayout(plan: AddressPlan): AwsxLayout {
  const specs = slotTiers.map((tier) => ({
    type: typeOf[tier] ?? "Isolated",
    name: tier,
    cidrBlocks: blocksOf(plan.subnets, tier),
  }));
  const unused = unusedSpecs(plan, specs);
  return unused === undefined ? { strategy: "Auto", specs } : { strategy: "Exact", specs: [...specs, ...unused] };
}

/** The free room behind each zone's subnets, as the same number of blocks a zone; `undefined` when it lies elsewhere. */
function unusedSpecs(plan: AddressPlan, specs: AwsxSubnetSpec[]): AwsxSubnetSpec[] | undefined {
  const vpc = parsed(plan.vpcCidrBlock);
  const zones = plan.zoneIds.map((_, zone) => specs.map((spec) => parsed(spec.cidrBlocks[zone] ?? "")));
  if (zones.some((blocks) => !followOneAnother(blocks))) {
    return undefined;
  }
  const tails = zones.map((blocks, zone) => {
    const from = endOf(blocks);
    const to = zones[zone + 1]?.[0]?.first ?? lastOf(vpc) + 1;
    return from > to ? undefined : between(vpc, from, to);
  });
  if (tails.includes(undefined) || zones[0]?.[0]?.first !== vpc.first) {
    return undefined;
  }
  const count = Math.max(...tails.map((tail) => tail?.length ?? 0));
  const split = tails.map((tail) => splitInto(tail ?? [], count));
  if (split.some((blocks) => blocks.length !== count)) {
    return undefined;
  }
  return Array.from({ length: count }, (_, index) => ({
    type: "Unused",
    name: `unused-${index + 1}`,
    cidrBlocks: split.map((blocks) => formatCidr(blocks[index] ?? vpc)),
  }));
}

function followOneAnother(blocks: CidrRange[]): boolean {
  return blocks.every((block, index) => index === 0 || block.first === endOf(blocks.slice(0, index)));
}

function endOf(blocks: CidrRange[]): number {
  const last = blocks.at(-1);
  return last === undefined ? 0 : lastOf(last) + 1;
}

/** The addresses from `from` up to but not including `to`, as aligned blocks. */
function between(parent: CidrRange, from: number, to: number): CidrRange[] {
  return cut(parent, from, to);
}

function cut(block: CidrRange, from: number, to: number): CidrRange[] {
  if (block.first >= to || lastOf(block) < from) {
    return [];
  }
  if (block.first >= from && lastOf(block) < to) {
    return [block];
  }
  return halves(block).flatMap((half) => cut(half, from, to));
}

/** Halves the last block until there are so many; fewer come back when a block cannot be halved further. */
function splitInto(blocks: CidrRange[], count: number): CidrRange[] {
  const last = blocks.at(-1);
  if (blocks.length >= count || last === undefined || last.prefix >= 32) {
    return blocks;
  }
  return splitInto([...blocks.slice(0, -1), ...halves(last)], count);
}
