import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { named, type Tags } from "../shared/tags.ts";
import type { AddressPlan } from "./address-plan.ts";

/** Ports that Linux answers on unless told otherwise (`ip_local_port_range`). */
const ephemeralPorts = { fromPort: 32768, toPort: 60999 };

interface AclRule {
  egress: boolean;
  ruleNumber: number;
  protocol: string;
  cidrBlock: string;
  fromPort?: number;
  toPort?: number;
}

/** Takes every rule from the group that a resource gets when nobody names one. */
export function emptyDefaultSecurityGroup(
  name: string,
  vpcId: pulumi.Input<string>,
  tags: Tags,
  parent: pulumi.Resource,
): void {
  new aws.ec2.DefaultSecurityGroup(
    `${name}-default`,
    { vpcId, ingress: [], egress: [], tags: named(`${name}-default`, tags) },
    { parent },
  );
}

/**
 * Network ACLs of the data subnets: everything within the VPC, HTTPS out and its answers in, which only the gateway
 * endpoints' routes can carry, and nothing else. They hold even where a security group is opened by mistake.
 */
export function closeDataSubnets(
  name: string,
  vpcId: pulumi.Input<string>,
  subnetIds: pulumi.Output<string[]>,
  addresses: AddressPlan,
  tags: Tags,
  parent: pulumi.Resource,
): void {
  const acl = new aws.ec2.NetworkAcl(`${name}-data`, { vpcId, tags: named(`${name}-data`, tags) }, { parent });
  for (const [key, rule] of Object.entries(dataRules(addresses))) {
    new aws.ec2.NetworkAclRule(
      `${name}-data-${key}`,
      { networkAclId: acl.id, ruleAction: "allow", ...rule },
      { parent: acl },
    );
  }
  addresses.zoneIds.forEach((zoneId, index) => {
    new aws.ec2.NetworkAclAssociation(
      `${name}-data-${zoneId}`,
      { networkAclId: acl.id, subnetId: subnetIds.apply((ids) => ids[index] ?? "") },
      { parent: acl },
    );
  });
}

/**
 * Closes the account's internet gateways in this region to everything from outside but what is in these public subnets.
 * The exemptions come first, so that nothing is cut off in between.
 */
export function blockPublicAccess(
  name: string,
  publicSubnetIds: pulumi.Output<string[]>,
  zoneIds: string[],
  tags: Tags,
  parent: pulumi.Resource,
): void {
  const exempt = zoneIds.map(
    (zoneId, index) =>
      new aws.ec2.VpcBlockPublicAccessExclusion(
        `${name}-public-${zoneId}`,
        {
          subnetId: publicSubnetIds.apply((ids) => ids[index] ?? ""),
          internetGatewayExclusionMode: "allow-bidirectional",
          tags: named(`${name}-public-${zoneId}`, tags),
        },
        { parent },
      ),
  );
  new aws.ec2.VpcBlockPublicAccessOptions(
    `${name}-block-public-access`,
    { internetGatewayBlockMode: "block-ingress" },
    { parent, dependsOn: exempt },
  );
}

function dataRules({ vpcCidrBlock, podCidrBlock }: AddressPlan): Record<string, AclRule> {
  const within = (cidrBlock: string, ruleNumber: number, egress: boolean): AclRule => ({
    egress,
    ruleNumber,
    protocol: "-1",
    cidrBlock,
  });
  return {
    "in-vpc": within(vpcCidrBlock, 100, false),
    "out-vpc": within(vpcCidrBlock, 100, true),
    ...(podCidrBlock === undefined
      ? {}
      : { "in-pods": within(podCidrBlock, 110, false), "out-pods": within(podCidrBlock, 110, true) }),
    "in-answers": { egress: false, ruleNumber: 200, protocol: "tcp", cidrBlock: "0.0.0.0/0", ...ephemeralPorts },
    "out-https": { egress: true, ruleNumber: 200, protocol: "tcp", cidrBlock: "0.0.0.0/0", fromPort: 443, toPort: 443 },
  };
}
