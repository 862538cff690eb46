import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { serviceRole } from "../building-blocks/service-role.ts";
import type { Tags } from "../shared/tags.ts";
import { controllerStatements, type ControllerResources } from "./controller-role.ts";
import type { NodeGroup } from "./groups.ts";
import type { HotTierPlan } from "./hot-tier-plan.ts";

/** What the controller touches of the cluster. */
export type ControllerParts = Omit<ControllerResources, "groupArns" | "accountId" | "partition"> & {
  groups: NodeGroup[];
};

/** The role that the controller runs as. */
export function controllerRole(
  name: string,
  plan: HotTierPlan,
  parts: ControllerParts,
  tags: Tags,
  parent: pulumi.Resource,
): aws.iam.Role {
  return serviceRole(
    `${name}-controller-role`,
    {
      service: "lambda.amazonaws.com",
      description: `Keeps the hot tier ${plan.clusterName} whole`,
      statements: controllerStatements(plan, {
        ...parts,
        groupArns: parts.groups.map((group) => group.autoScalingGroup.arn),
        accountId: aws.getCallerIdentityOutput({}, { parent }).accountId,
        partition: aws.getPartitionOutput({}, { parent }).partition,
      }),
      tags: { ...tags, "mrgc:cluster": plan.clusterName },
    },
    parent,
  );
}
