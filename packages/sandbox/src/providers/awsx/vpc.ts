import { isObject, type PropertyMap, type PropertyValue } from "../../engine/values.ts";
import type { ProviderPb } from "../../engine/protocol.ts";
import type { Child, Construction, Ref } from "../construct/construction.ts";
import { planSubnets, type SubnetPlan } from "./subnets.ts";

/** Arguments that `awsx:ec2:Vpc` hands on to the VPC as they are. */
const handedOn = [
  "assignGeneratedIpv6CidrBlock",
  "enableDnsHostnames",
  "enableDnsSupport",
  "enableNetworkAddressUsageMetrics",
  "instanceTenancy",
  "ipv4IpamPoolId",
  "ipv4NetmaskLength",
  "ipv6CidrBlock",
  "ipv6CidrBlockNetworkBorderGroup",
  "ipv6IpamPoolId",
  "ipv6NetmaskLength",
];

interface Made {
  readonly subnets: { plan: SubnetPlan; subnet: Child }[];
  readonly routeTables: Child[];
  readonly associations: Child[];
  readonly routes: Child[];
  readonly natGateways: Child[];
  readonly eips: Child[];
}

/** Builds `awsx:ec2:Vpc` as awsx 3.9 does: VPC, internet gateway, and for each subnet its route table, association and route. */
export async function constructVpc(build: Construction): Promise<ProviderPb.ConstructResponse> {
  const { name } = build;
  const region = build.arg("region");
  const cidrBlock =
    build.plain("cidrBlock") ?? (build.arg("ipv4IpamPoolId").value === undefined ? "10.0.0.0/16" : undefined);
  const strategy = build.plain("subnetStrategy") ?? "Legacy";
  const tagByZone = build.plain("subnetNameTagStrategy") === "AvailabilityZone";
  const nat = natStrategy(build);
  const ipv6 = build.plain("assignGeneratedIpv6CidrBlock") === true;
  const specs = build.plain("subnetSpecs");
  const endpoints = build.plain("vpcEndpointSpecs");
  const endpointStrategy = build.plain("vpcEndpointStrategy") ?? "Legacy";
  if (endpointStrategy !== "Legacy")
    throw new Error(
      `awsx:ec2:Vpc "${name}": the sandbox does not play vpcEndpointStrategy "${JSON.stringify(endpointStrategy)}".`,
    );
  const givenTags = build.plain("tags");
  const tags: PropertyMap = isObject(givenTags) ? givenTags : {};
  const handed = Object.fromEntries(handedOn.map((each) => [each, build.arg(each)]));
  const zones = await zoneNames(build, region);
  build.refuseUnread();
  const plans = planSubnets(name, typeof cidrBlock === "string" ? cidrBlock : undefined, zones, specs, {
    exact: strategy === "Exact",
    tagByZone,
  });
  if (nat.strategy !== "none" && !plans.some(({ type }) => type === "public")) {
    throw new Error("NAT Gateway strategy requires at least one public subnet; use strategy None.");
  }

  await build.begin();
  const sharedTags: PropertyMap = { Name: name, ...tags };
  const vpc = await build.child("aws:ec2/vpc:Vpc", name, { ...handed, region, cidrBlock, tags: sharedTags });
  const under = { parent: vpc.urn, dependsOn: [vpc] };
  const igw = await build.child(
    "aws:ec2/internetGateway:InternetGateway",
    name,
    { region, vpcId: vpc.id, tags: sharedTags },
    under,
  );
  const made: Made = { subnets: [], routeTables: [], associations: [], routes: [], natGateways: [], eips: [] };
  const indexInZone = new Map<number, number>();
  for (const plan of plans) {
    const index = indexInZone.get(plan.zoneIndex) ?? 0;
    indexInZone.set(plan.zoneIndex, index + 1);
    const netNumber = plan.zoneIndex + index * zones.length;
    await makeSubnet(build, {
      plan,
      region,
      vpc,
      igw,
      sharedTags,
      tags,
      nat,
      ipv6: plan.assignIpv6 ?? ipv6,
      netNumber,
      made,
    });
  }
  const vpcEndpoints: Child[] = [];
  for (const spec of Array.isArray(endpoints) ? endpoints : []) {
    if (!isObject(spec)) continue;
    const own = isObject(spec.tags) ? spec.tags : {};
    vpcEndpoints.push(
      await build.child(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        String(spec.serviceName),
        { ...spec, region: spec.region ?? region, tags: { ...sharedTags, ...own }, vpcId: vpc.id },
        under,
      ),
    );
  }
  const idsOf = (type: string): Ref[] =>
    made.subnets.filter(({ plan }) => plan.type === type).map(({ subnet }) => subnet.id);
  return build.finish({
    vpc: vpc.reference,
    subnets: made.subnets.map(({ subnet }) => subnet.reference),
    routeTables: made.routeTables.map((each) => each.reference),
    routeTableAssociations: made.associations.map((each) => each.reference),
    routes: made.routes.map((each) => each.reference),
    internetGateway: igw.reference,
    natGateways: made.natGateways.map((each) => each.reference),
    eips: made.eips.map((each) => each.reference),
    subnetLayout: layoutOf(specs),
    publicSubnetIds: idsOf("public"),
    privateSubnetIds: idsOf("private"),
    isolatedSubnetIds: idsOf("isolated"),
    vpcEndpoints: vpcEndpoints.map((each) => each.reference),
    vpcId: vpc.id,
  });
}

interface SubnetContext {
  readonly plan: SubnetPlan;
  readonly region: Ref;
  readonly vpc: Child;
  readonly igw: Child;
  readonly sharedTags: PropertyMap;
  readonly tags: PropertyMap;
  readonly nat: Nat;
  readonly ipv6: boolean;
  readonly netNumber: number;
  readonly made: Made;
}

async function makeSubnet(build: Construction, context: SubnetContext): Promise<void> {
  const { plan, region, vpc, igw, sharedTags, nat, made } = context;
  const subnetTags = { ...sharedTags, Name: plan.nameTag, SubnetType: plan.typeTag };
  const subnet = await build.child(
    "aws:ec2/subnet:Subnet",
    plan.name,
    {
      region,
      vpcId: vpc.id,
      availabilityZone: plan.zone,
      mapPublicIpOnLaunch: plan.type === "public",
      cidrBlock: plan.cidrBlock,
      assignIpv6AddressOnCreation: context.ipv6,
      // From the VPC's output even where there is no IPv6, as in the plugin: unknown at preview, and policies have to bear that.
      ipv6CidrBlock: vpc
        .out("ipv6CidrBlock")
        .map((block) => (context.ipv6 ? ipv6Subnet(String(block), context.netNumber) : undefined)),
      tags: { ...sharedTags, ...plan.tags, Name: plan.nameTag, SubnetType: plan.typeTag },
    },
    { parent: vpc.urn, dependsOn: [vpc] },
  );
  made.subnets.push({ plan, subnet });
  const routeTable = await build.child(
    "aws:ec2/routeTable:RouteTable",
    plan.name,
    { region, vpcId: vpc.id, tags: subnetTags },
    { parent: subnet.urn, dependsOn: [subnet] },
  );
  made.routeTables.push(routeTable);
  const under = { parent: routeTable.urn, dependsOn: [routeTable] };
  made.associations.push(
    await build.child(
      "aws:ec2/routeTableAssociation:RouteTableAssociation",
      plan.name,
      { region, routeTableId: routeTable.id, subnetId: subnet.id },
      under,
    ),
  );
  if (plan.type === "public") await makeNat(build, context, subnet);
  const target =
    plan.type === "public"
      ? { gatewayId: igw.id }
      : plan.type === "private" && nat.strategy !== "none"
        ? { natGatewayId: made.natGateways[nat.strategy === "single" ? 0 : plan.zoneIndex]?.id }
        : undefined;
  if (!target) return;
  made.routes.push(
    await build.child(
      "aws:ec2/route:Route",
      plan.name,
      { region, routeTableId: routeTable.id, ...target, destinationCidrBlock: "0.0.0.0/0" },
      under,
    ),
  );
}

async function makeNat(build: Construction, context: SubnetContext, subnet: Child): Promise<void> {
  const { plan, region, nat, made, tags } = context;
  const wanted = nat.strategy === "single" ? 1 : nat.strategy === "oneperaz" ? plan.zoneIndex + 1 : 0;
  if (made.natGateways.length >= wanted) return;
  const name = `${build.name}-${plan.zoneIndex + 1}`;
  const options = { parent: subnet.urn, dependsOn: [subnet] };
  let allocationId: Ref | string | undefined = nat.allocationIds[plan.zoneIndex];
  if (nat.allocationIds.length === 0) {
    const eip = await build.child("aws:ec2/eip:Eip", name, { region, tags: { ...tags, Name: name } }, options);
    made.eips.push(eip);
    allocationId = eip.out("allocationId");
  }
  made.natGateways.push(
    await build.child(
      "aws:ec2/natGateway:NatGateway",
      name,
      { region, subnetId: subnet.id, allocationId, tags: { ...tags, Name: name } },
      options,
    ),
  );
}

interface Nat {
  readonly strategy: "none" | "single" | "oneperaz";
  readonly allocationIds: readonly string[];
}

function natStrategy(build: Construction): Nat {
  const given = build.plain("natGateways");
  const options = isObject(given) ? given : {};
  const strategy = (typeof options.strategy === "string" ? options.strategy : "OnePerAz").toLowerCase();
  if (strategy !== "none" && strategy !== "single" && strategy !== "oneperaz") {
    throw new Error(
      `awsx:ec2:Vpc "${build.name}": natGateways.strategy must be None, Single or OnePerAz, not ${strategy}.`,
    );
  }
  const ids = Array.isArray(options.elasticIpAllocationIds) ? options.elasticIpAllocationIds : [];
  return { strategy, allocationIds: ids.map(String) };
}

async function zoneNames(build: Construction, region: Ref): Promise<string[]> {
  const names = build.plain("availabilityZoneNames");
  const count = build.plain("numberOfAvailabilityZones");
  if (names !== undefined && count !== undefined) {
    throw new Error("Only one of [availabilityZoneNames] and [numberOfAvailabilityZones] can be specified");
  }
  if (Array.isArray(names)) return names.map(String);
  const found = await build.invoke(
    "aws:index/getAvailabilityZones:getAvailabilityZones",
    typeof region.value === "string" ? { region: region.value } : {},
  );
  const all = Array.isArray(found.names) ? found.names.map(String) : [];
  const wanted = typeof count === "number" ? count : 3;
  if (wanted > all.length)
    throw new Error(`The configured region for this provider does not have at least ${wanted} Availability Zones.`);
  return all.slice(0, wanted);
}

/** The /64 of a subnet in the VPC's /56. */
function ipv6Subnet(block: string, number: number): string {
  return block.replace(/00::\/56$/, `${number.toString(16).padStart(2, "0")}::/64`);
}

function layoutOf(specs: PropertyValue | undefined): PropertyValue {
  if (!Array.isArray(specs)) return [];
  return specs.flatMap((spec) =>
    isObject(spec) ? [{ name: spec.name ?? null, type: spec.type ?? null, cidrBlocks: spec.cidrBlocks ?? [] }] : [],
  );
}
