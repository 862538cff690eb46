import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { customerKey } from "../building-blocks/customer-key.ts";
import { logsStatement } from "../building-blocks/log-group.ts";
import { policyJson } from "../building-blocks/policy-json.ts";
import { regionCode } from "../shared/regions.ts";
import { named, type Tags } from "../shared/tags.ts";
import { attestedKeyStatements } from "./attestation-plan.ts";
import type { GpuClusterPlan } from "./gpu-cluster-plan.ts";

/** Days between asking for a key's deletion and its end: the longest that KMS offers. */
const deletionWindowInDays = 30;

/**
 * What Auto Scaling launches hosts as. The account's own role may not exist yet, and KMS refuses a key policy that names a
 * role which does not exist (decision 084). Service-linked roles are the account's: the suffix tells regions apart.
 */
export function launchingRole(
  name: string,
  plan: GpuClusterPlan,
  tags: Tags,
  parent: pulumi.Resource,
): aws.iam.ServiceLinkedRole {
  const roleName = `${name}-launching-role`;
  return new aws.iam.ServiceLinkedRole(
    roleName,
    {
      awsServiceName: "autoscaling.amazonaws.com",
      customSuffix: `${name}-${regionCode(plan.region)}`,
      description: `Launches the GPU hosts of ${name} in ${plan.region}`,
      tags: named(roleName, tags),
    },
    { parent },
  );
}

/** Encrypts the region's volumes, logs and functions; no tenant's data. */
export function operationsKey(
  name: string,
  plan: GpuClusterPlan,
  launchingRoleArn: pulumi.Input<string>,
  tags: Tags,
  parent: pulumi.Resource,
): aws.kms.Key {
  const identity = aws.getCallerIdentityOutput({}, { parent });
  return customerKey(
    `${name}-operations-key`,
    {
      description: `Volumes and logs of the GPU cluster ${name}`,
      statements: [
        logsStatement(plan.region, parent),
        {
          sid: "LoadBalancerLogsEncrypt",
          principals: { Service: "delivery.logs.amazonaws.com" },
          actions: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
          resources: ["*"],
          conditions: { StringEquals: { "aws:SourceAccount": identity.accountId } },
        },
        {
          sid: "AutoScalingStartsEncryptedVolumes",
          principals: { AWS: launchingRoleArn },
          actions: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
          resources: ["*"],
        },
        {
          sid: "AutoScalingGrantsVolumes",
          principals: { AWS: launchingRoleArn },
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

/** What the attested key is made of beside the plan. */
export interface AttestedKeySpec {
  hostRoleArn: pulumi.Input<string>;
  administratorArns?: pulumi.Input<string>[];
  multiRegion: boolean;
  primaryKeyArn?: pulumi.Input<string>;
  tags: Tags;
}

/** The key that tenants encrypt for and that only attested recipients decrypt with; a replica when a primary is given. */
export function attestedKey(
  name: string,
  plan: GpuClusterPlan,
  spec: AttestedKeySpec,
  parent: pulumi.Resource,
): { arn: pulumi.Output<string>; keyId: pulumi.Output<string> } {
  const identity = aws.getCallerIdentityOutput({}, { parent });
  const partition = aws.getPartitionOutput({}, { parent });
  const keyName = `${name}-attested-key`;
  const shared = {
    description: `Tenants' data in ${plan.region}: decrypted by attested recipients only`,
    deletionWindowInDays,
    policy: policyJson(
      attestedKeyStatements<pulumi.Input<string>>(plan.attestation, {
        administrators: spec.administratorArns ?? [
          pulumi.interpolate`arn:${partition.partition}:iam::${identity.accountId}:root`,
        ],
        hostRoleArn: spec.hostRoleArn,
        tenants: plan.tenants.map((tenant) => ({ name: tenant.name, principals: [...tenant.principals] })),
      }),
    ),
    tags: named(keyName, spec.tags),
  };
  const key =
    spec.primaryKeyArn === undefined
      ? new aws.kms.Key(keyName, { ...shared, enableKeyRotation: true, multiRegion: spec.multiRegion }, { parent })
      : new aws.kms.ReplicaKey(keyName, { ...shared, primaryKeyArn: spec.primaryKeyArn }, { parent });
  new aws.kms.Alias(`${keyName}-alias`, { name: `alias/${keyName}`, targetKeyId: key.keyId }, { parent });
  return { arn: key.arn, keyId: key.keyId };
}
