import type { PropertyMap } from "../../../engine/values.ts";
import type { Refusal } from "../../../schema/validate.ts";
import { account, address, arn, text, type Behaviour, type Scene } from "../behaviour.ts";
import { canonical, contains, formatRange, overlap, parseRange } from "../cidr.ts";
import { zonesOf } from "../regions.ts";

const ec2Arn =
  (kind: string) =>
  (scene: Scene, id: string): string =>
    arn(scene, "ec2", `${kind}/${id}`);

/** Refuses a range that is none, or whose host bits are set (EC2 would silently change it: E20). */
function checkRange(property: string, cidr: string | undefined, smallest: number, largest: number): Refusal[] {
  if (cidr === undefined) return [];
  const range = parseRange(cidr);
  if (!range) return [{ property, reason: `"${cidr}" is not an IPv4 range such as 10.66.0.0/18` }];
  const aligned = canonical(range);
  if (aligned.first !== range.first) {
    return [
      {
        property,
        reason: `"${cidr}" has host bits set; "${formatRange(aligned)}" is the range that begins on its boundary`,
      },
    ];
  }
  return range.bits < largest || range.bits > smallest
    ? [{ property, reason: `"${cidr}" must be between /${largest} and /${smallest}` }]
    : [];
}

function checkSubnet(scene: Scene): Refusal[] {
  const property = "cidrBlock";
  const cidr = text(scene.inputs.cidrBlock);
  const refusals = checkRange(property, cidr, 28, 16);
  const range = cidr === undefined ? undefined : parseRange(cidr);
  const vpcId = text(scene.inputs.vpcId);
  if (refusals.length > 0 || !range || !vpcId) return refusals;
  const vpc = scene.cloud.get("aws:ec2/vpc:Vpc", vpcId);
  if (vpc) {
    const secondary = scene.cloud
      .ofType("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", scene.region)
      .filter((association) => association.inputs.vpcId === vpcId);
    const blocks = [vpc, ...secondary].flatMap((each) => text(each.inputs.cidrBlock) ?? []);
    const outer = blocks.flatMap((block) => parseRange(block) ?? []);
    if (outer.length > 0 && !outer.some((block) => contains(block, range))) {
      refusals.push({
        property,
        reason: `"${cidr}" is outside the VPC's range ${blocks.join(", ")} (InvalidSubnet.Range)`,
      });
    }
  }
  for (const other of scene.cloud.ofType("aws:ec2/subnet:Subnet", scene.region)) {
    const theirs = text(other.inputs.cidrBlock);
    const otherRange = theirs === undefined ? undefined : parseRange(theirs);
    if (other.urn !== scene.urn && other.inputs.vpcId === vpcId && otherRange && overlap(otherRange, range)) {
      refusals.push({
        property,
        reason: `"${cidr}" conflicts with ${theirs} of another subnet of the VPC, ${other.urn} (InvalidSubnet.Conflict)`,
      });
    }
  }
  return refusals;
}

function vpcOutputs(scene: Scene): PropertyMap {
  return {
    ownerId: account,
    enableDnsSupport: scene.inputs.enableDnsSupport ?? true,
    defaultSecurityGroupId: `sg-${scene.hex(17, "default-sg")}`,
    defaultRouteTableId: `rtb-${scene.hex(17, "main-rt")}`,
    mainRouteTableId: `rtb-${scene.hex(17, "main-rt")}`,
    defaultNetworkAclId: `acl-${scene.hex(17, "default-acl")}`,
    dhcpOptionsId: `dopt-${scene.hex(17, "dhcp")}`,
    ...(scene.inputs.assignGeneratedIpv6CidrBlock === true
      ? {
          ipv6CidrBlock: `2600:1f18:${scene.hex(4, "v6")}:${scene.hex(2, "v6")}00::/56`,
          ipv6AssociationId: `vpc-cidr-assoc-${scene.hex(17, "v6")}`,
        }
      : {}),
  };
}

const route: Behaviour = {
  id: (scene) => `r-${text(scene.inputs.routeTableId) ?? "rtb"}${Number.parseInt(scene.hex(8), 16)}`,
  replaceOn: ["routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"],
  outputs: () => ({ origin: "CreateRoute", state: "active" }),
};

const securityGroupRule: Behaviour = {
  idPrefix: "sgr-",
  arn: ec2Arn("security-group-rule"),
  replaceOn: ["securityGroupId"],
};

/** VPCs and what is in them. */
export const network: Record<string, Behaviour> = {
  "aws:ec2/vpc:Vpc": {
    idPrefix: "vpc-",
    arn: ec2Arn("vpc"),
    replaceOn: ["cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"],
    defaults: { instanceTenancy: "default", enableDnsSupport: true },
    outputs: vpcOutputs,
    check: (scene) => checkRange("cidrBlock", text(scene.inputs.cidrBlock), 28, 16),
  },
  "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": {
    idPrefix: "vpc-cidr-assoc-",
    replaceOn: ["vpcId", "cidrBlock"],
    check: (scene) => checkRange("cidrBlock", text(scene.inputs.cidrBlock), 28, 16),
  },
  "aws:ec2/subnet:Subnet": {
    idPrefix: "subnet-",
    arn: ec2Arn("subnet"),
    replaceOn: ["vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId", "ipv6Native", "outpostArn"],
    inPlace: ["ipv6CidrBlock"],
    outputs: (scene) => {
      const zones = zonesOf(scene.region);
      const zone =
        zones.find(
          ({ name, zoneId }) =>
            name === text(scene.inputs.availabilityZone) || zoneId === text(scene.inputs.availabilityZoneId),
        ) ?? zones[0];
      return { availabilityZone: zone?.name ?? "", availabilityZoneId: zone?.zoneId ?? "", ownerId: account };
    },
    check: (scene) => {
      const zones = zonesOf(scene.region);
      const { availabilityZone, availabilityZoneId } = scene.inputs;
      const wrong = (property: "availabilityZone" | "availabilityZoneId", allowed: string[]): Refusal[] => {
        const value = text(scene.inputs[property]);
        return value === undefined || allowed.includes(value)
          ? []
          : [{ property, reason: `"${value}" is not a zone of ${scene.region}; it has ${allowed.join(", ")}` }];
      };
      return [
        ...(availabilityZone === undefined
          ? []
          : wrong(
              "availabilityZone",
              zones.map(({ name }) => name),
            )),
        ...(availabilityZoneId === undefined
          ? []
          : wrong(
              "availabilityZoneId",
              zones.map(({ zoneId }) => zoneId),
            )),
        ...checkSubnet(scene),
      ];
    },
  },
  "aws:ec2/internetGateway:InternetGateway": { idPrefix: "igw-", arn: ec2Arn("internet-gateway") },
  "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": { idPrefix: "eigw-", replaceOn: ["vpcId"] },
  "aws:ec2/natGateway:NatGateway": {
    idPrefix: "nat-",
    replaceOn: ["allocationId", "connectivityType", "subnetId", "vpcId", "availabilityMode"],
    defaults: { connectivityType: "public" },
    outputs: (scene) => ({
      privateIp: address(scene, "10.66", "private"),
      publicIp: address(scene, "52.20", "public"),
      networkInterfaceId: `eni-${scene.hex(17, "eni")}`,
      associationId: `eipassoc-${scene.hex(17, "association")}`,
    }),
  },
  "aws:ec2/eip:Eip": {
    idPrefix: "eipalloc-",
    arn: (scene, id) => arn(scene, "ec2", `elastic-ip/${id}`),
    replaceOn: ["domain", "networkBorderGroup", "publicIpv4Pool"],
    defaults: { domain: "vpc" },
    outputs: (scene, id) => {
      const publicIp = address(scene, "52.20", "public");
      const suffix = scene.region === "us-east-1" ? "compute-1" : `${scene.region}.compute`;
      return {
        allocationId: id,
        publicIp,
        publicDns: `ec2-${publicIp.replaceAll(".", "-")}.${suffix}.amazonaws.com`,
        networkBorderGroup: scene.region,
      };
    },
  },
  "aws:ec2/routeTable:RouteTable": { idPrefix: "rtb-", arn: ec2Arn("route-table"), replaceOn: ["vpcId"] },
  "aws:ec2/route:Route": route,
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    idPrefix: "rtbassoc-",
    replaceOn: ["subnetId", "gatewayId"],
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    idPrefix: "sg-",
    arn: ec2Arn("security-group"),
    replaceOn: ["description", "vpcId"],
    defaults: { description: "Managed by Pulumi", revokeRulesOnDelete: false },
    outputs: (scene) => ({ ownerId: account, vpcId: scene.inputs.vpcId ?? `vpc-${scene.hex(17, "default-vpc")}` }),
    check: (scene) => {
      const name = text(scene.inputs.name);
      return name?.startsWith("sg-") ? [{ property: "name", reason: `"${name}" may not begin with "sg-"` }] : [];
    },
  },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    id: (scene) => {
      const vpc = scene.cloud.get("aws:ec2/vpc:Vpc", text(scene.inputs.vpcId) ?? "");
      return text(vpc?.outputs.defaultSecurityGroupId) ?? `sg-${scene.hex(17)}`;
    },
    arn: ec2Arn("security-group"),
    replaceOn: ["vpcId"],
    outputs: () => ({ name: "default", description: "default VPC security group" }),
  },
  "aws:ec2/securityGroupRule:SecurityGroupRule": {
    id: (scene) => `sgrule-${Number.parseInt(scene.hex(8), 16)}`,
    replaceOn: [
      "type",
      "fromPort",
      "toPort",
      "protocol",
      "cidrBlocks",
      "ipv6CidrBlocks",
      "prefixListIds",
      "securityGroupId",
      "self",
      "sourceSecurityGroupId",
    ],
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": securityGroupRule,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": securityGroupRule,
  "aws:ec2/networkAcl:NetworkAcl": { idPrefix: "acl-", arn: ec2Arn("network-acl"), replaceOn: ["vpcId"] },
  "aws:ec2/networkInterface:NetworkInterface": {
    idPrefix: "eni-",
    arn: ec2Arn("network-interface"),
    replaceOn: ["subnetId"],
  },
  "aws:ec2/flowLog:FlowLog": {
    idPrefix: "fl-",
    arn: ec2Arn("vpc-flow-log"),
    replaceOn: [
      "iamRoleArn",
      "logDestination",
      "logDestinationType",
      "logFormat",
      "maxAggregationInterval",
      "subnetId",
      "trafficType",
      "vpcId",
      "eniId",
    ],
  },
  "aws:ec2/managedPrefixList:ManagedPrefixList": {
    idPrefix: "pl-",
    arn: ec2Arn("prefix-list"),
    replaceOn: ["addressFamily"],
    autoName: { property: "name", maxLength: 255 },
  },
  "aws:ec2/placementGroup:PlacementGroup": {
    id: (scene) => text(scene.inputs.name) ?? scene.hex(17),
    arn: (scene, id) => arn(scene, "ec2", `placement-group/${id}`),
    replaceOn: ["partitionCount", "spreadLevel", "strategy"],
    unique: "name",
    outputs: (scene) => ({ placementGroupId: `pg-${scene.hex(17)}` }),
    check: ({ inputs }) =>
      inputs.partitionCount !== undefined && text(inputs.strategy) !== undefined && inputs.strategy !== "partition"
        ? [{ property: "partitionCount", reason: 'is only for strategy "partition"' }]
        : [],
  },
};
