import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { customerKey } from "../building-blocks/customer-key.ts";
import { privateBucketAndPolicy } from "../building-blocks/private-bucket.ts";
import type { Statement } from "../shared/iam-policy.ts";
import { named, type Tags } from "../shared/tags.ts";

/** Days that flow logs are kept unless said: a year, as PCI DSS 10.5.1 asks of logs. */
const defaultRetentionDays = 365;

/** How flow logs are kept. */
export interface FlowLogSpec {
  region: string;
  vpcId: pulumi.Input<string>;
  /** Days. Default: 365. */
  retentionDays?: number;
  /** Whether `destroy` deletes the logs. Default: false. */
  forceDestroy?: boolean;
  tags: Tags;
}

/**
 * Every connection of the VPC, accepted or not, as hourly Parquet files in an encrypted bucket, which Athena reads as
 * they are. Delivery costs 0.25 USD/GB of the first 10 TB a month, and 0.03 USD/GB for the conversion (us-east-1).
 */
export function createFlowLogs(name: string, spec: FlowLogSpec, parent: pulumi.Resource): aws.s3.Bucket {
  const deliversForUs = deliveryConditions(spec.region, parent);
  const key = customerKey(
    `${name}-flow-logs`,
    {
      description: `Flow logs of ${name}`,
      statements: [
        {
          sid: "LogDeliveryEncrypts",
          principals: { Service: "delivery.logs.amazonaws.com" },
          actions: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
          resources: ["*"],
          conditions: deliversForUs,
        },
      ],
      tags: spec.tags,
    },
    parent,
  );
  const { bucket, policy } = privateBucketAndPolicy(
    `${name}-flow-logs`,
    {
      kmsKeyArn: key.arn,
      expireAfterDays: spec.retentionDays ?? defaultRetentionDays,
      forceDestroy: spec.forceDestroy ?? false,
      statements: (bucketArn): Statement<pulumi.Input<string>>[] => [
        {
          sid: "LogDeliveryWrites",
          principals: { Service: "delivery.logs.amazonaws.com" },
          actions: ["s3:PutObject"],
          resources: [pulumi.interpolate`${bucketArn}/*`],
          conditions: deliversForUs,
        },
        {
          sid: "LogDeliveryLooks",
          principals: { Service: "delivery.logs.amazonaws.com" },
          actions: ["s3:GetBucketAcl", "s3:ListBucket"],
          resources: [bucketArn],
          conditions: deliversForUs,
        },
      ],
      tags: spec.tags,
    },
    parent,
  );
  new aws.ec2.FlowLog(
    `${name}-flow-logs`,
    {
      vpcId: spec.vpcId,
      trafficType: "ALL",
      logDestinationType: "s3",
      logDestination: bucket.arn,
      maxAggregationInterval: 60,
      destinationOptions: { fileFormat: "parquet", hiveCompatiblePartitions: true, perHourPartition: true },
      tags: named(`${name}-flow-logs`, spec.tags),
    },
    // EC2 writes a policy of its own into a bucket that has none yet.
    { parent, dependsOn: policy },
  );
  return bucket;
}

/** Admits log delivery only on behalf of this account's own logs (against the confused deputy). */
function deliveryConditions(
  region: string,
  parent: pulumi.Resource,
): NonNullable<Statement<pulumi.Input<string>>["conditions"]> {
  const { accountId } = aws.getCallerIdentityOutput({}, { parent });
  const { partition } = aws.getPartitionOutput({}, { parent });
  return {
    StringEquals: { "aws:SourceAccount": accountId },
    ArnLike: { "aws:SourceArn": pulumi.interpolate`arn:${partition}:logs:${region}:${accountId}:*` },
  };
}
