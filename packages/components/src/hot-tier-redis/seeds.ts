import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { named, type Tags } from "../shared/tags.ts";
import type { HotTierRedisArgs } from "./args.ts";
import { serverPort, type HotTierPlan } from "./hot-tier-plan.ts";

/** Where clients ask first, and what the first group of each zone registers with. */
export interface Seeds {
  loadBalancer: aws.lb.LoadBalancer;
  targetGroup: aws.lb.TargetGroup;
}

/**
 * An internal load balancer that answers with some node; clients learn the others from it and then speak to each node
 * directly. Only the first group of each zone registers: seeds have to be alive, not complete, and a zone admits 500 targets
 * (correction E34). About 20 USD a month.
 */
export function seedBalancer(
  name: string,
  args: HotTierRedisArgs,
  plan: HotTierPlan,
  securityGroupId: pulumi.Input<string>,
  tags: Tags,
  parent: pulumi.Resource,
): Seeds {
  const balancerName = `${name}-seeds-nlb`;
  const loadBalancer = new aws.lb.LoadBalancer(
    balancerName,
    {
      loadBalancerType: "network",
      internal: true,
      // Only zones with nodes: without crossing zones, the balancer of an empty one would answer nobody.
      subnets: pulumi.output(args.network.dataSubnetIds).apply((ids) => ids.slice(0, plan.layout.zoneIds.length)),
      securityGroups: [securityGroupId],
      enableCrossZoneLoadBalancing: false,
      enableDeletionProtection: true,
      tags: { ...named(balancerName, tags), "mrgc:cluster": plan.clusterName },
    },
    { parent },
  );
  const targetGroup = new aws.lb.TargetGroup(
    `${name}-seeds-nodes`,
    {
      port: serverPort,
      protocol: "TCP",
      targetType: "instance",
      vpcId: args.network.vpcId,
      deregistrationDelay: 30,
      preserveClientIp: "false",
      healthCheck: {
        protocol: "TCP",
        port: String(serverPort),
        interval: 10,
        healthyThreshold: 2,
        unhealthyThreshold: 2,
      },
      tags: named(`${name}-seeds-nodes`, tags),
    },
    { parent },
  );
  new aws.lb.Listener(
    `${name}-seeds-listener`,
    {
      loadBalancerArn: loadBalancer.arn,
      port: serverPort,
      // TLS ends at the node, whose certificate names this balancer too.
      protocol: "TCP",
      defaultActions: [{ type: "forward", targetGroupArn: targetGroup.arn }],
      tags: named(`${name}-seeds-listener`, tags),
    },
    { parent: loadBalancer },
  );
  return { loadBalancer, targetGroup };
}
