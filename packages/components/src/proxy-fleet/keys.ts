import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { customerKey } from "../building-blocks/customer-key.ts";
import { logsStatement } from "../building-blocks/log-group.ts";
import type { Tags } from "../shared/tags.ts";

/**
 * The key of Kubernetes' secrets, of the nodes' volumes and of the control plane's logs. Node groups launch machines as
 * the account's own role of Auto Scaling, which the key has to admit by name.
 */
export function fleetKey(name: string, region: string, tags: Tags, parent: pulumi.Resource): aws.kms.Key {
  const { accountId } = aws.getCallerIdentityOutput({}, { parent });
  const { partition } = aws.getPartitionOutput({}, { parent });
  const scaling = pulumi.interpolate`arn:${partition}:iam::${accountId}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`;
  return customerKey(
    `${name}-key`,
    {
      description: "Proxy fleet: volumes, logs and Kubernetes secrets",
      statements: [
        logsStatement(region, parent),
        {
          sid: "LoadBalancerLogsEncrypt",
          principals: { Service: "delivery.logs.amazonaws.com" },
          actions: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
          resources: ["*"],
          conditions: { StringEquals: { "aws:SourceAccount": accountId } },
        },
        {
          sid: "AutoScalingStartsEncryptedVolumes",
          principals: { AWS: scaling },
          actions: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
          resources: ["*"],
        },
        {
          sid: "AutoScalingGrantsVolumes",
          principals: { AWS: scaling },
          actions: ["kms:CreateGrant"],
          resources: ["*"],
          conditions: { Bool: { "kms:GrantIsForAWSResource": "true" } },
        },
      ],
      tags,
    },
    parent,
  );
}
