import type { Inputs } from "../construct/sdk-server.ts";

/** One subnet of one zone. */
export interface SubnetSpec {
  /** Logical name, by which the published plugin also tags it: `<vpc>-<spec>-<zone's number>`. */
  name: string;
  /** In lower case: `public`, `private`, `isolated` or `unused`. */
  type: string;
  /** As the program wrote it. */
  awsxType: string;
  zone: string;
  cidrBlock: string;
  assignIpv6AddressOnCreation?: boolean;
  tags?: unknown;
}

/**
 * The subnets of every zone from explicit blocks, zone after zone in the order of the specs.
 *
 * @throws Error when the specs leave the blocks to one of awsx's own layouts, which are not simulated, or when blocks are
 * missing, or leave a gap with strategy `Exact`
 */
export function subnetSpecs(
  vpcName: string,
  cidrBlock: string,
  zones: string[],
  specs: Inputs[] | undefined,
  strategy: unknown,
): SubnetSpec[] {
  if (specs === undefined || strategy === undefined || strategy === "Legacy") {
    throw new Error(
      `awsx:ec2:Vpc ${vpcName}: the sandbox takes subnetSpecs with explicit cidrBlocks and subnetStrategy "Auto" or "Exact"; awsx's own layouts are not simulated`,
    );
  }
  const subnets = zones.flatMap((zone, zoneIndex) =>
    specs.map((spec): SubnetSpec => {
      const type = String(spec.type).toLowerCase();
      const block = (spec.cidrBlocks as string[] | undefined)?.[zoneIndex];
      if (block === undefined) {
        throw new Error(
          `awsx:ec2:Vpc ${vpcName}: subnetSpecs ${String(spec.name ?? type)} has no cidrBlocks entry for zone ${zone}`,
        );
      }
      return {
        name: `${vpcName}-${String(spec.name ?? type)}-${zoneIndex + 1}`,
        type,
        awsxType: String(spec.type),
        zone,
        cidrBlock: block,
        assignIpv6AddressOnCreation: spec.assignIpv6AddressOnCreation as boolean | undefined,
        tags: spec.tags as unknown,
      };
    }),
  );
  if (strategy === "Exact") {
    requireNoGaps(vpcName, cidrBlock, subnets);
  }
  return subnets;
}

function requireNoGaps(vpcName: string, cidrBlock: string, subnets: SubnetSpec[]): void {
  const parent = range(cidrBlock);
  let next = parent.first;
  for (const subnet of subnets) {
    const { first, last } = range(subnet.cidrBlock);
    if (first !== next) {
      throw new Error(
        `awsx:ec2:Vpc ${vpcName}: with subnetStrategy "Exact" ${subnet.cidrBlock} does not follow the block before it`,
      );
    }
    next = last + 1;
  }
  if (next !== parent.last + 1) {
    throw new Error(
      `awsx:ec2:Vpc ${vpcName}: with subnetStrategy "Exact" the subnets leave a gap at the end of ${cidrBlock}`,
    );
  }
}

function range(block: string): { first: number; last: number } {
  const [address = "", prefix = "32"] = block.split("/");
  const first = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return { first, last: first + 2 ** (32 - Number(prefix)) - 1 };
}

/** The `/64` with this number in a VPC's `/56`: the number is the last byte of the fourth group. */
export function ipv6Block(vpcBlock: string, index: number): string {
  const [address = "", prefix] = vpcBlock.split("/");
  const groups = address.split("::")[0]?.split(":") ?? [];
  if (prefix !== "56" || index > 0xff) {
    throw new Error(`${vpcBlock} has no /64 number ${index}: a VPC's IPv6 range is a /56 of 256`);
  }
  const fourth = Number.parseInt(groups[3] ?? "0", 16) + index;
  return `${[...groups.slice(0, 3), fourth.toString(16)].join(":")}::/64`;
}
