import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../shared/iam-policy.ts";
import { named, type Tags } from "../shared/tags.ts";
import { policyJson } from "./policy-json.ts";

/** What a customer-managed key is for and who may use it beside the account's own IAM policies. */
export interface CustomerKeySpec {
  /** What the key encrypts, as shown in the KMS console. */
  description: string;
  /** Statements beside the one that lets the account's IAM policies decide, such as one for CloudWatch Logs. */
  statements?: Statement<pulumi.Input<string>>[];
  /** Whether replicas of the key can be made in other regions. Cannot be changed later. Default: false. */
  multiRegion?: boolean;
  /** Region, where it is not the provider's. */
  region?: string;
  tags: Tags;
}

/**
 * A customer-managed KMS key with yearly rotation, a 30 day deletion window and an alias of its own name.
 * Costs 1 USD a month and 0.03 USD per 10,000 requests (AWS KMS price list, 2026).
 */
export function customerKey(name: string, spec: CustomerKeySpec, parent: pulumi.Resource): aws.kms.Key {
  const identity = aws.getCallerIdentityOutput({}, { parent });
  const partition = aws.getPartitionOutput({}, { parent });
  const key = new aws.kms.Key(
    name,
    {
      description: spec.description,
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      multiRegion: spec.multiRegion ?? false,
      region: spec.region,
      policy: policyJson([
        {
          sid: "AccountDecidesByIam",
          principals: { AWS: pulumi.interpolate`arn:${partition.partition}:iam::${identity.accountId}:root` },
          actions: ["kms:*"],
          resources: ["*"],
        },
        ...(spec.statements ?? []),
      ]),
      tags: named(name, spec.tags),
    },
    { parent },
  );
  new aws.kms.Alias(
    `${name}-alias`,
    { name: `alias/${name}`, targetKeyId: key.keyId, region: spec.region },
    { parent },
  );
  return key;
}
