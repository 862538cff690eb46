import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../shared/iam-policy.ts";
import { named, type Tags } from "../shared/tags.ts";

/** Days that log groups keep their events unless said: a year, as PCI DSS 10.5.1 and the FSBP control CloudWatch.16 ask. */
export const defaultLogRetentionDays = 365;

/** How a log group keeps its events. */
export interface LogGroupSpec {
  /** Name in CloudWatch, such as `/mrgc/router/us-east-1`. */
  logGroupName: string;
  /** A key whose policy admits CloudWatch Logs (`logsStatement`). */
  kmsKeyArn: pulumi.Input<string>;
  /** Days. Default: 365. */
  retentionDays?: number;
  /** Region, where it is not the provider's. */
  region?: string;
  tags: Tags;
}

/** An encrypted log group with a retention. */
export function logGroup(name: string, spec: LogGroupSpec, parent: pulumi.Resource): aws.cloudwatch.LogGroup {
  return new aws.cloudwatch.LogGroup(
    name,
    {
      name: spec.logGroupName,
      kmsKeyId: spec.kmsKeyArn,
      retentionInDays: spec.retentionDays ?? defaultLogRetentionDays,
      region: spec.region,
      tags: named(name, spec.tags),
    },
    { parent },
  );
}

/** The key policy statement that CloudWatch Logs needs to encrypt this account's log groups of one region. */
export function logsStatement(region: string, parent: pulumi.Resource): Statement<pulumi.Input<string>> {
  const identity = aws.getCallerIdentityOutput({}, { parent });
  const partition = aws.getPartitionOutput({}, { parent });
  return {
    sid: "CloudWatchLogsEncrypts",
    principals: { Service: `logs.${region}.amazonaws.com` },
    actions: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
    resources: ["*"],
    conditions: {
      ArnLike: {
        "kms:EncryptionContext:aws:logs:arn": pulumi.interpolate`arn:${partition.partition}:logs:${region}:${identity.accountId}:log-group:*`,
      },
    },
  };
}
