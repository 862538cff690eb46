import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { named, type Tags } from "../shared/tags.ts";
import type { AddressPlan } from "./address-plan.ts";
import { SubnetTier } from "./subnets.ts";

/** Subnets and route tables of the pods, in the order of the zones; empty when pods have no range of their own. */
export interface PodSubnets {
  subnetIds: pulumi.Output<string>[];
  routeTableIds: pulumi.Output<string>[];
}

/**
 * The secondary range and one subnet a zone in it, each with a default route to the zone's own NAT gateway.
 * `awsx.ec2.Vpc` knows only the VPC's first range, so these are resources of this library.
 *
 * @param natGatewayIds one a zone, in the order of the plan's zones
 */
export function createPodSubnets(
  name: string,
  plan: AddressPlan,
  vpcId: pulumi.Input<string>,
  natGatewayIds: pulumi.Output<string[]>,
  tags: Tags,
  parent: pulumi.Resource,
): PodSubnets {
  if (plan.podCidrBlock === undefined) {
    return { subnetIds: [], routeTableIds: [] };
  }
  const range = new aws.ec2.VpcIpv4CidrBlockAssociation(
    `${name}-pods`,
    { vpcId, cidrBlock: plan.podCidrBlock },
    { parent },
  );
  const made = plan.subnets
    .filter((subnet) => subnet.tier === SubnetTier.Pod)
    .map(({ zoneId, cidrBlock }, index) => {
      const podName = `${name}-pod-${zoneId}`;
      const subnet = new aws.ec2.Subnet(
        podName,
        {
          vpcId: range.vpcId,
          availabilityZoneId: zoneId,
          cidrBlock,
          mapPublicIpOnLaunch: false,
          tags: { ...named(podName, tags), SubnetType: "Pod" },
        },
        { parent },
      );
      const routeTable = new aws.ec2.RouteTable(podName, { vpcId, tags: named(podName, tags) }, { parent: subnet });
      new aws.ec2.RouteTableAssociation(
        podName,
        { routeTableId: routeTable.id, subnetId: subnet.id },
        { parent: routeTable },
      );
      new aws.ec2.Route(
        podName,
        {
          routeTableId: routeTable.id,
          destinationCidrBlock: "0.0.0.0/0",
          natGatewayId: natGatewayIds.apply((ids) => ids[index] ?? ""),
        },
        { parent: routeTable },
      );
      return { subnetId: subnet.id, routeTableId: routeTable.id };
    });
  return { subnetIds: made.map((pod) => pod.subnetId), routeTableIds: made.map((pod) => pod.routeTableId) };
}
