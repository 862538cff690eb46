import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { named, type Tags } from "../shared/tags.ts";
import { controllerBudgets, controllerLimits } from "./controller-plan.ts";
import type { NodeGroup } from "./groups.ts";
import { serverPort, type HotTierPlan } from "./hot-tier-plan.ts";

/** Path under which the controller and the nodes find the cluster's parameters. */
export function parameterPath(plan: HotTierPlan): string {
  return `/mrgc/${plan.clusterName}`;
}

/**
 * What the controller has to know, as parameters (docs/decisions/030-controller-contract.md). The stack owns them all but
 * `desired-shards`, which it only starts: `limits.minShards` carries the number of shards that the stack asks for, and the
 * controller never goes below it, so that raising the argument scales out and autoscaling is not undone.
 */
export function clusterParameters(
  name: string,
  plan: HotTierPlan,
  groups: NodeGroup[],
  controllerSecretArn: pulumi.Input<string>,
  tags: Tags,
  parent: pulumi.Resource,
): void {
  const values: Record<string, pulumi.Input<string>> = {
    "desired-shards": String(plan.shardPlan.shards),
    "replicas-per-shard": String(plan.replicasPerShard),
    zones: pulumi.jsonStringify(
      plan.layout.zoneIds.map((zoneId) => ({
        zoneId,
        groups: groups
          .filter((group) => group.plan.zoneId === zoneId)
          .map((group) => ({
            name: group.plan.name,
            autoScalingGroup: group.autoScalingGroup.name,
            maxNodes: plan.maxSizes[group.plan.key]!,
          })),
      })),
    ),
    limits: JSON.stringify(controllerLimits(plan)),
    budgets: JSON.stringify(controllerBudgets(plan)),
    connection: pulumi.jsonStringify({ port: serverPort, tls: true, secretArn: controllerSecretArn }),
  };
  for (const [key, value] of Object.entries(values)) {
    const parameterName = `${name}-parameter-${key}`;
    new aws.ssm.Parameter(
      parameterName,
      {
        name: `${parameterPath(plan)}/${key}`,
        type: "String",
        value,
        description: `Read by the controller of the hot tier ${plan.clusterName}`,
        tags: { ...named(parameterName, tags), "mrgc:cluster": plan.clusterName },
      },
      { parent, ...(key === "desired-shards" ? { ignoreChanges: ["value"] } : {}) },
    );
  }
}
