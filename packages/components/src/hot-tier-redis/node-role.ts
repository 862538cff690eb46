import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { serviceRole } from "../building-blocks/service-role.ts";
import { sessionManagerActions } from "../building-blocks/session-manager.ts";
import type { Statement } from "../shared/iam-policy.ts";
import { named, type Tags } from "../shared/tags.ts";
import { metricNamespace } from "./agent-config.ts";
import type { HotTierRedisArgs } from "./args.ts";
import type { HotTierPlan } from "./hot-tier-plan.ts";

/** What a node may touch, by ARN. */
export interface NodeResources {
  kmsKeyArn: pulumi.Input<string>;
  secretArns: pulumi.Input<string>[];
  certificateAuthorityArn: pulumi.Input<string>;
  logGroupArn: pulumi.Input<string>;
}

/** The role of the nodes and its instance profile. */
export function nodeProfile(
  name: string,
  args: HotTierRedisArgs,
  plan: HotTierPlan,
  resources: NodeResources,
  tags: Tags,
  parent: pulumi.Resource,
): aws.iam.InstanceProfile {
  const partition = aws.getPartitionOutput({}, { parent }).partition;
  const role = serviceRole(
    `${name}-node-role`,
    {
      service: "ec2.amazonaws.com",
      description: `Nodes of the hot tier ${plan.clusterName}`,
      statements: nodeStatements(args, plan, resources, partition),
      tags: { ...tags, "mrgc:cluster": plan.clusterName },
    },
    parent,
  );
  return new aws.iam.InstanceProfile(
    `${name}-node-profile`,
    { role: role.name, tags: named(`${name}-node-profile`, tags) },
    { parent },
  );
}

/**
 * What a node does: read its cluster's secrets, have its certificate signed, read its programs, write metrics and logs, and be
 * reached by Session Manager. Nothing of another cluster, no snapshots (the controller keeps them), nothing that
 * changes machines.
 */
export function nodeStatements(
  args: HotTierRedisArgs,
  plan: HotTierPlan,
  resources: NodeResources,
  partition: pulumi.Input<string>,
): Statement<pulumi.Input<string>>[] {
  const artifacts = [args.engineArtifact, args.exporterArtifact].filter((artifact) => artifact !== undefined);
  return [
    { sid: "ReadOwnSecrets", actions: ["secretsmanager:GetSecretValue"], resources: resources.secretArns },
    {
      sid: "HaveCertificatesSigned",
      actions: ["acm-pca:IssueCertificate", "acm-pca:GetCertificate", "acm-pca:GetCertificateAuthorityCertificate"],
      resources: [resources.certificateAuthorityArn],
    },
    {
      sid: "UseTheClustersKey",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: [resources.kmsKeyArn],
    },
    ...(artifacts.length === 0
      ? []
      : [
          {
            sid: "ReadPrograms",
            actions: ["s3:GetObject"],
            resources: artifacts.map(({ bucket, key }) => pulumi.interpolate`arn:${partition}:s3:::${bucket}/${key}`),
          },
        ]),
    {
      sid: "ReadPackages",
      actions: ["s3:GetObject"],
      resources: [pulumi.interpolate`arn:${partition}:s3:::al2023-repos-${plan.region}-de612dc2/*`],
    },
    {
      sid: "WriteMetrics",
      actions: ["cloudwatch:PutMetricData"],
      resources: ["*"],
      conditions: { StringEquals: { "cloudwatch:namespace": metricNamespace } },
    },
    {
      sid: "WriteOwnLog",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
      resources: [resources.logGroupArn, pulumi.interpolate`${resources.logGroupArn}:*`],
    },
    {
      sid: "BeReachedBySessionManager",
      actions: sessionManagerActions,
      resources: ["*"],
    },
  ];
}
