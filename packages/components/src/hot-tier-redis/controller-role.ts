import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../shared/iam-policy.ts";
import type { HotTierPlan } from "./hot-tier-plan.ts";
import { parameterPath } from "./parameters.ts";

/** What the controller may touch, by ARN. */
export interface ControllerResources {
  groupArns: pulumi.Input<string>[];
  queueArn: pulumi.Input<string>;
  bucketArn: pulumi.Input<string>;
  secretArn: pulumi.Input<string>;
  kmsKeyArn: pulumi.Input<string>;
  accountId: pulumi.Input<string>;
  partition: pulumi.Input<string>;
}

/**
 * What the controller does, and nothing wider (docs/decisions/030-controller-contract.md): it changes the groups of its own cluster,
 * by ARN and by tag; reads its parameters and writes one of them; takes its events; keeps state and backups under its
 * cluster's prefix; logs in to the nodes. The descriptions that AWS knows no resource for are bound to the region.
 */
export function controllerStatements(
  plan: HotTierPlan,
  resources: ControllerResources,
): Statement<pulumi.Input<string>>[] {
  const parameters = pulumi.interpolate`arn:${resources.partition}:ssm:${plan.region}:${resources.accountId}:parameter${parameterPath(plan)}`;
  return [
    {
      sid: "ChangeOwnGroups",
      actions: [
        "autoscaling:SetDesiredCapacity",
        "autoscaling:TerminateInstanceInAutoScalingGroup",
        "autoscaling:CompleteLifecycleAction",
        "autoscaling:RecordLifecycleActionHeartbeat",
      ],
      resources: resources.groupArns,
      conditions: { StringEquals: { "aws:ResourceTag/mrgc:cluster": plan.clusterName } },
    },
    {
      sid: "SeeMachines",
      actions: [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeWarmPool",
        "ec2:DescribeInstances",
        "cloudwatch:GetMetricData",
      ],
      resources: ["*"],
      conditions: { StringEquals: { "aws:RequestedRegion": plan.region } },
    },
    {
      sid: "ReadOwnParameters",
      actions: ["ssm:GetParametersByPath"],
      resources: [parameters, pulumi.interpolate`${parameters}/*`],
    },
    {
      sid: "KeepTheNumberOfShards",
      actions: ["ssm:PutParameter"],
      resources: [pulumi.interpolate`${parameters}/desired-shards`],
    },
    {
      sid: "TakeEvents",
      actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage"],
      resources: [resources.queueArn],
    },
    {
      sid: "KeepStateAndBackups",
      actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
      resources: [pulumi.interpolate`${resources.bucketArn}/${plan.clusterName}/*`],
    },
    // Without a condition: reading an object that is not there yet is answered 404 only to who may list, and that request has no
    // prefix. The bucket holds nothing but this cluster's state.
    { sid: "ListStateAndBackups", actions: ["s3:ListBucket"], resources: [resources.bucketArn] },
    { sid: "LogInToNodes", actions: ["secretsmanager:GetSecretValue"], resources: [resources.secretArn] },
    { sid: "UseTheClustersKey", actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [resources.kmsKeyArn] },
  ];
}
