import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { securityGroup } from "../building-blocks/security-group.ts";
import { named, type Tags } from "../shared/tags.ts";
import type { HotTierRedisArgs } from "./args.ts";
import type { HotTierPlan } from "./hot-tier-plan.ts";
import type { ClusterAccess } from "./network-access.ts";

/**
 * Interface endpoints in the data subnets, which have no other way to AWS: the private CA for the nodes and the queue for the
 * controller. About 22 USD a month each in three zones.
 */
export function clusterEndpoints(
  name: string,
  args: HotTierRedisArgs,
  plan: HotTierPlan,
  access: ClusterAccess,
  tags: Tags,
  parent: pulumi.Resource,
): aws.ec2.VpcEndpoint[] {
  if (plan.interfaceEndpoints.length === 0) {
    return [];
  }
  const group = securityGroup(
    `${name}-endpoints`,
    {
      description: "Endpoints of AWS services for the hot tier",
      vpcId: args.network.vpcId,
      ingress: {
        nodes: { description: "Nodes", fromPort: 443, peer: { securityGroupId: access.nodes.id } },
        controller: { description: "Controller", fromPort: 443, peer: { securityGroupId: access.controller.id } },
      },
      egress: {},
      tags,
    },
    parent,
  );
  return plan.interfaceEndpoints.map(
    (service) =>
      new aws.ec2.VpcEndpoint(
        `${name}-endpoint-${service}`,
        {
          vpcId: args.network.vpcId,
          vpcEndpointType: "Interface",
          serviceName: `com.amazonaws.${plan.region}.${service}`,
          subnetIds: args.network.dataSubnetIds,
          securityGroupIds: [group.id],
          privateDnsEnabled: true,
          tags: named(`${name}-endpoint-${service}`, tags),
        },
        { parent },
      ),
  );
}
