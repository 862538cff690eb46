import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../shared/tags.ts";
import type { AddressPlan } from "./address-plan.ts";
import { awsxLayout } from "./awsx-layout.ts";

/** Tags by which the AWS Load Balancer Controller finds the subnets of public and of internal load balancers. */
const subnetTags: Record<string, Tags> = {
  public: { "kubernetes.io/role/elb": "1" },
  private: { "kubernetes.io/role/internal-elb": "1" },
};

/**
 * The VPC with the plan's subnets, one NAT gateway a zone, and a route table a subnet whose default route leads to the
 * zone's own gateway; data and endpoint subnets have none.
 *
 * `awsx.ec2.Vpc` takes zones by name and plain, and names differ by account: the account is asked for them first.
 */
export async function createVpc(
  name: string,
  plan: AddressPlan,
  tags: Tags,
  parent: pulumi.Resource,
): Promise<awsx.ec2.Vpc> {
  const availabilityZoneNames = await zoneNames(plan.zoneIds, parent);
  const layout = awsxLayout(plan);
  return new awsx.ec2.Vpc(
    `${name}-vpc`,
    {
      cidrBlock: plan.vpcCidrBlock,
      availabilityZoneNames,
      subnetStrategy: layout.strategy,
      subnetSpecs: layout.specs.map((spec) => ({ ...spec, tags: { ...tags, ...subnetTags[spec.name] } })),
      natGateways: { strategy: awsx.ec2.NatGatewayStrategy.OnePerAz },
      enableDnsHostnames: true,
      enableDnsSupport: true,
      enableNetworkAddressUsageMetrics: true,
      tags,
    },
    { parent, transforms: [withoutPublicAddresses] },
  );
}

/**
 * `awsx.ec2.Vpc` gives every machine in a public subnet a public address. Nothing of this library starts machines there,
 * and what somebody else starts there by mistake shall not be reachable: load balancers and NAT gateways bring addresses
 * of their own.
 */
export function withoutPublicAddresses({
  type,
  props,
  opts,
}: pulumi.ResourceTransformArgs): pulumi.ResourceTransformResult | undefined {
  return type === "aws:ec2/subnet:Subnet" ? { props: { ...props, mapPublicIpOnLaunch: false }, opts } : undefined;
}

/** The account's names of zones, in the order of the IDs. */
async function zoneNames(zoneIds: string[], parent: pulumi.Resource): Promise<string[]> {
  const found = await aws.getAvailabilityZones({ filters: [{ name: "zone-id", values: zoneIds }] }, { parent });
  return zoneIds.map((zoneId) => {
    const zone = found.names[found.zoneIds.indexOf(zoneId)];
    if (zone === undefined) {
      throw new Error(
        `zoneIds: ${zoneId} is not a zone of the provider's region, which has ${found.zoneIds.join(", ") || "none of them"}. ` +
          "Pass the provider of the network's region.",
      );
    }
    return zone;
  });
}
