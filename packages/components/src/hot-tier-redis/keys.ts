import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { customerKey } from "../building-blocks/customer-key.ts";
import { logsStatement } from "../building-blocks/log-group.ts";
import { regionCode } from "../shared/regions.ts";
import { named, type Tags } from "../shared/tags.ts";
import type { HotTierPlan } from "./hot-tier-plan.ts";

/** The key of everything that the cluster stores, and the role that launches its machines with it. */
export interface ClusterKey {
  key: aws.kms.Key;
  /** Auto Scaling's service-linked role of this cluster alone. */
  autoScalingRole: aws.iam.ServiceLinkedRole;
}

/**
 * A customer-managed key for volumes, secrets, queues, logs and snapshots.
 *
 * Auto Scaling launches machines with encrypted volumes only when the key's own policy admits its service-linked role,
 * and KMS refuses a policy that names a role which does not exist yet. So the cluster brings a role of its own, with a
 * suffix, instead of hoping that the account has the default one.
 */
export function clusterKey(name: string, plan: HotTierPlan, tags: Tags, parent: pulumi.Resource): ClusterKey {
  const autoScalingRole = new aws.iam.ServiceLinkedRole(
    `${name}-autoscaling`,
    {
      awsServiceName: "autoscaling.amazonaws.com",
      customSuffix: `${plan.clusterName}-${regionCode(plan.region)}`,
      description: `Launches the machines of ${plan.clusterName} in ${plan.region}`,
      tags: named(`${name}-autoscaling`, tags),
    },
    { parent },
  );
  const key = customerKey(
    `${name}-key`,
    {
      description: `Volumes, secrets, snapshots, queues and logs of the hot tier ${plan.clusterName}`,
      statements: [
        logsStatement(plan.region, parent),
        {
          sid: "AutoScalingLaunchesEncryptedVolumes",
          principals: { AWS: autoScalingRole.arn },
          actions: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
          resources: ["*"],
        },
        {
          sid: "AutoScalingAttachesEncryptedVolumes",
          principals: { AWS: autoScalingRole.arn },
          actions: ["kms:CreateGrant"],
          resources: ["*"],
          conditions: { Bool: { "kms:GrantIsForAWSResource": "true" } },
        },
        {
          sid: "EventsReachTheQueue",
          principals: { Service: "events.amazonaws.com" },
          actions: ["kms:Decrypt", "kms:GenerateDataKey"],
          resources: ["*"],
          conditions: { StringEquals: { "aws:SourceAccount": aws.getCallerIdentityOutput({}, { parent }).accountId } },
        },
      ],
      tags,
    },
    parent,
  );
  return { key, autoScalingRole };
}
