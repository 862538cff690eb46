import { isObject, type PropertyMap, type PropertyValue } from "../../engine/values.ts";
import { canonical, overlap, parseRange } from "../aws/cidr.ts";

/** A subnet that `awsx.ec2.Vpc` makes. */
export interface SubnetPlan {
  readonly name: string;
  readonly nameTag: string;
  readonly type: "public" | "private" | "isolated" | "unused";
  /** As written, for the SubnetType tag. */
  readonly typeTag: string;
  readonly zoneIndex: number;
  readonly zone: string;
  readonly cidrBlock: string;
  readonly tags: PropertyMap;
  readonly assignIpv6: boolean | undefined;
}

const order = ["public", "private", "isolated", "unused"];
const specFields = new Set(["type", "name", "cidrBlocks", "tags", "assignIpv6AddressOnCreation", "cidrMask", "size"]);

/**
 * The subnets of explicit specs, zone by zone: public ones first, then private, then isolated, as the published plugin orders
 * them.
 *
 * @throws Error when blocks are missing or overlap, or when the strategy is `Exact` and leaves a gap.
 */
export function planSubnets(
  vpcName: string,
  vpcCidr: string | undefined,
  zones: readonly string[],
  specs: PropertyValue | undefined,
  options: { exact: boolean; tagByZone: boolean },
): SubnetPlan[] {
  if (!Array.isArray(specs)) {
    throw new Error(
      `awsx:ec2:Vpc "${vpcName}": the sandbox lays out explicit subnetSpecs only; give each its cidrBlocks (one a zone).`,
    );
  }
  const plans = zones.flatMap((zone, zoneIndex) =>
    specs.map((spec) => planSubnet(vpcName, zone, zoneIndex, spec, options.tagByZone)),
  );
  checkOverlap(plans);
  if (options.exact && vpcCidr !== undefined) checkNoGaps(vpcCidr, plans);
  return zones.flatMap((_, zoneIndex) =>
    plans
      .filter((plan) => plan.zoneIndex === zoneIndex && plan.type !== "unused")
      .sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type)),
  );
}

function planSubnet(
  vpcName: string,
  zone: string,
  zoneIndex: number,
  spec: PropertyValue,
  tagByZone: boolean,
): SubnetPlan {
  if (!isObject(spec)) throw new Error(`awsx:ec2:Vpc "${vpcName}": a subnet spec must be an object.`);
  const unknown = Object.keys(spec).filter((field) => !specFields.has(field));
  if (unknown.length > 0) throw new Error(`awsx:ec2:Vpc "${vpcName}": subnetSpecs has no ${unknown.join(", ")}.`);
  const blocks = Array.isArray(spec.cidrBlocks) ? spec.cidrBlocks : [];
  const cidrBlock = blocks[zoneIndex];
  const typeTag = String(spec.type);
  const type = typeTag.toLowerCase() as SubnetPlan["type"];
  if (!order.includes(type))
    throw new Error(`awsx:ec2:Vpc "${vpcName}": subnet type ${typeTag} is none of Public, Private, Isolated, Unused.`);
  const label = typeof spec.name === "string" ? spec.name : type;
  if (typeof cidrBlock !== "string") {
    throw new Error(
      `awsx:ec2:Vpc "${vpcName}": subnetSpecs of "${label}" must have a cidrBlocks entry for ${zone}; the sandbox lays out explicit blocks only.`,
    );
  }
  const suffix = tagByZone ? zone.replace(/^[a-z]{2}(?:-[a-z]+)+-\d/, "") : String(zoneIndex + 1);
  return {
    name: `${vpcName}-${label}-${zoneIndex + 1}`,
    nameTag: `${vpcName}-${label}-${suffix}`,
    type,
    typeTag,
    zoneIndex,
    zone,
    cidrBlock,
    tags: isObject(spec.tags) ? spec.tags : {},
    assignIpv6: typeof spec.assignIpv6AddressOnCreation === "boolean" ? spec.assignIpv6AddressOnCreation : undefined,
  };
}

function checkOverlap(plans: readonly SubnetPlan[]): void {
  plans.forEach((plan, index) => {
    const range = parseRange(plan.cidrBlock);
    const other = plans.slice(index + 1).find(({ cidrBlock }) => {
      const theirs = parseRange(cidrBlock);
      return range && theirs && overlap(range, theirs);
    });
    if (other)
      throw new Error(
        `The following subnets overlap with at least one other subnet: ${plan.name} (${plan.cidrBlock}), ${other.name} (${other.cidrBlock}).`,
      );
  });
}

function checkNoGaps(vpcCidr: string, plans: readonly SubnetPlan[]): void {
  const vpc = parseRange(vpcCidr);
  if (!vpc) return;
  let next = canonical(vpc).first;
  for (const plan of plans) {
    const range = parseRange(plan.cidrBlock);
    if (!range) continue;
    if (range.first !== next)
      throw new Error(`Please fix the following gaps in the subnet layout: before ${plan.name} (${plan.cidrBlock}).`);
    next = range.first + 2 ** (32 - range.bits);
  }
  if (next !== canonical(vpc).first + 2 ** (32 - vpc.bits)) {
    throw new Error(
      `Please fix the following gaps in the subnet layout: the last subnet does not end with the VPC (${vpcCidr}).`,
    );
  }
}
