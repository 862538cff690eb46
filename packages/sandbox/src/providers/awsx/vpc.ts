import type { Resource } from "@pulumi/pulumi";
import { child, component, type Child } from "../construct/child.ts";
import type { Build, Inputs, Pulumi } from "../construct/sdk-server.ts";
import { refuseOthers } from "../construct/refuse-others.ts";
import { ipv6Block, subnetSpecs, type SubnetSpec } from "./subnets.ts";

const vpcInputs = [
  "assignGeneratedIpv6CidrBlock",
  "cidrBlock",
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
  "region",
];
const layoutInputs = ["availabilityZoneNames", "natGateways", "subnetSpecs", "subnetStrategy", "tags"];
const order = ["public", "private", "isolated"];

/** What one subnet brings: itself, its route table and, in public ones, a NAT gateway. */
interface Parts {
  subnets: Record<string, Child<"id">[]>;
  all: Child<"id">[];
  routeTables: Child<"id">[];
  associations: Resource[];
  routes: Resource[];
  natGateways: Child<"id">[];
  eips: Child<"allocationId">[];
}

/** `awsx:ec2:Vpc` with the children of the published plugin: same types, names, parents and inputs. */
export const buildVpc: Build = async (pulumi, name, args, options) => {
  refuseOthers("awsx:ec2:Vpc", args, [...vpcInputs, ...layoutInputs]);
  const self = component(pulumi, "awsx:ec2:Vpc", name, options);
  const cidrBlock = (args.cidrBlock as string | undefined) ?? "10.0.0.0/16";
  const zones = (args.availabilityZoneNames as string[] | undefined) ?? (await defaultZones(pulumi, args, self));
  const specs = subnetSpecs(name, cidrBlock, zones, args.subnetSpecs as Inputs[] | undefined, args.subnetStrategy);
  const tags = pulumi
    .output(args.tags as Record<string, string> | undefined)
    .apply((given) => ({ Name: name, ...given }));

  const own = Object.fromEntries(
    vpcInputs.filter((key) => args[key] !== undefined).map((key) => [key, args[key] as unknown]),
  );
  const vpc = child(pulumi, "aws:ec2/vpc:Vpc", name, { ...own, cidrBlock, tags }, { parent: self }, ["ipv6CidrBlock"]);
  const inVpc = { parent: vpc, dependsOn: [vpc] };
  const gateway = child(
    pulumi,
    "aws:ec2/internetGateway:InternetGateway",
    name,
    { region: args.region, vpcId: vpc.id, tags },
    inVpc,
  );
  const parts: Parts = {
    subnets: {},
    all: [],
    routeTables: [],
    associations: [],
    routes: [],
    natGateways: [],
    eips: [],
  };
  zones.forEach((zone, index) => {
    const inZone = specs.filter((spec) => spec.zone === zone && spec.type !== "unused");
    inZone.sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
    inZone.forEach((spec, position) => {
      const subnetIndex = index + position * zones.length;
      buildSubnet(pulumi, { name, args, spec, zoneIndex: index, subnetIndex, vpc, gateway, tags, parts });
    });
  });
  const idsOf = (type: string) => (parts.subnets[type] ?? []).map((subnet) => subnet.id);
  return {
    urn: self.urn,
    state: {
      vpc,
      vpcId: vpc.id,
      subnets: parts.all,
      publicSubnets: parts.subnets.public ?? [],
      privateSubnets: parts.subnets.private ?? [],
      isolatedSubnets: parts.subnets.isolated ?? [],
      publicSubnetIds: idsOf("public"),
      privateSubnetIds: idsOf("private"),
      isolatedSubnetIds: idsOf("isolated"),
      subnetLayout: args.subnetSpecs ?? [],
      routeTables: parts.routeTables,
      routes: parts.routes,
      routeTableAssociations: parts.associations,
      internetGateway: gateway,
      natGateways: parts.natGateways,
      eips: parts.eips,
      vpcEndpoints: [],
    },
  };
};

interface SubnetScope {
  name: string;
  args: Inputs;
  spec: SubnetSpec;
  zoneIndex: number;
  /** Number of its IPv6 block in the VPC's. */
  subnetIndex: number;
  vpc: Child<"ipv6CidrBlock">;
  gateway: Child;
  tags: unknown;
  parts: Parts;
}

function buildSubnet(pulumi: Pulumi, scope: SubnetScope): void {
  const { args, spec, vpc, parts } = scope;
  const { region } = args;
  const tagged = (extra: Record<string, unknown>) =>
    pulumi
      .all([scope.tags as Record<string, string>, extra as Record<string, string>])
      .apply(([shared, own]) => ({ ...shared, ...own, Name: spec.name, SubnetType: spec.awsxType }));
  const assignIpv6AddressOnCreation = pulumi
    .all([spec.assignIpv6AddressOnCreation, args.assignGeneratedIpv6CidrBlock as boolean | undefined])
    .apply(([own, ofVpc]) => own ?? ofVpc ?? false);
  // Depends on the VPC even where there is no IPv6, so a preview does not know it: policies have to bear that.
  const ipv6CidrBlock = pulumi
    .all([vpc.ipv6CidrBlock, assignIpv6AddressOnCreation])
    .apply(([block, assigned]) => (assigned ? ipv6Block(String(block), scope.subnetIndex) : undefined));
  const subnet = child<"id">(
    pulumi,
    "aws:ec2/subnet:Subnet",
    spec.name,
    {
      region,
      vpcId: vpc.id,
      availabilityZone: spec.zone,
      mapPublicIpOnLaunch: spec.type === "public",
      cidrBlock: spec.cidrBlock,
      assignIpv6AddressOnCreation,
      ipv6CidrBlock,
      tags: tagged((spec.tags ?? {}) as Record<string, unknown>),
    },
    { parent: vpc, dependsOn: [vpc] },
  );
  parts.all.push(subnet);
  (parts.subnets[spec.type] ??= []).push(subnet);
  const routeTable = child<"id">(
    pulumi,
    "aws:ec2/routeTable:RouteTable",
    spec.name,
    { region, vpcId: vpc.id, tags: tagged({}) },
    { parent: subnet, dependsOn: [subnet] },
  );
  const inTable = { parent: routeTable, dependsOn: [routeTable] };
  parts.routeTables.push(routeTable);
  parts.associations.push(
    child(
      pulumi,
      "aws:ec2/routeTableAssociation:RouteTableAssociation",
      spec.name,
      { region, routeTableId: routeTable.id, subnetId: subnet.id },
      inTable,
    ),
  );
  const strategy = String(args.natGateways?.strategy ?? "OnePerAz").toLowerCase();
  if (spec.type === "public" && needsNatGateway(strategy, parts.natGateways.length, scope.zoneIndex)) {
    buildNatGateway(pulumi, scope, subnet);
  }
  const defaultRoute = { region, routeTableId: routeTable.id, destinationCidrBlock: "0.0.0.0/0" };
  const token = "aws:ec2/route:Route";
  if (spec.type === "public") {
    parts.routes.push(child(pulumi, token, spec.name, { ...defaultRoute, gatewayId: scope.gateway.id }, inTable));
  } else if (spec.type === "private" && strategy !== "none") {
    const natGateway = parts.natGateways[strategy === "single" ? 0 : scope.zoneIndex];
    parts.routes.push(child(pulumi, token, spec.name, { ...defaultRoute, natGatewayId: natGateway?.id }, inTable));
  }
}

function buildNatGateway(pulumi: Pulumi, scope: SubnetScope, subnet: Child<"id">): void {
  const { args, parts } = scope;
  const natName = `${scope.name}-${scope.zoneIndex + 1}`;
  const tags = pulumi
    .output(args.tags as Record<string, string> | undefined)
    .apply((given) => ({ ...given, Name: natName }));
  const given = (args.natGateways?.elasticIpAllocationIds as string[] | undefined)?.[scope.zoneIndex];
  const inSubnet = { parent: subnet, dependsOn: [subnet] };
  let allocationId: unknown = given;
  if (given === undefined) {
    const eip = child(pulumi, "aws:ec2/eip:Eip", natName, { region: args.region, tags }, inSubnet, ["allocationId"]);
    parts.eips.push(eip);
    ({ allocationId } = eip);
  }
  parts.natGateways.push(
    child<"id">(
      pulumi,
      "aws:ec2/natGateway:NatGateway",
      natName,
      { region: args.region, subnetId: subnet.id, allocationId, tags },
      inSubnet,
    ),
  );
}

function needsNatGateway(strategy: string, existing: number, zoneIndex: number): boolean {
  if (strategy === "single") {
    return existing < 1;
  }
  return strategy === "oneperaz" && existing < zoneIndex + 1;
}

async function defaultZones(pulumi: Pulumi, args: Inputs, parent: Resource): Promise<string[]> {
  const count = (args.numberOfAvailabilityZones as number | undefined) ?? 3;
  const found = (await pulumi.runtime.invoke(
    "aws:index/getAvailabilityZones:getAvailabilityZones",
    { region: args.region as string | undefined },
    { parent },
  )) as { names: string[] };
  return found.names.slice(0, count);
}
