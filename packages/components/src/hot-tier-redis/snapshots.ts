import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { customerKey } from "../building-blocks/customer-key.ts";
import { policyJson } from "../building-blocks/policy-json.ts";
import { privateBucket } from "../building-blocks/private-bucket.ts";
import { serviceRole } from "../building-blocks/service-role.ts";
import type { Tags } from "../shared/tags.ts";
import type { HotTierPlan } from "./hot-tier-plan.ts";

/** The bucket of snapshots, and its copy in another region when there is one. */
export interface Snapshots {
  bucket: aws.s3.Bucket;
  replica?: aws.s3.Bucket;
}

/**
 * The bucket of snapshots, the controller's lease and its audit trail: private, encrypted with the cluster's key, versioned. With a
 * replica region, S3 copies each new object into a bucket there, under a key of that region, so that a restore needs nothing
 * of the region that was lost. Deletions are not copied.
 */
export function snapshotBucket(
  name: string,
  plan: HotTierPlan,
  kmsKeyArn: pulumi.Input<string>,
  clusterTags: Tags,
  parent: pulumi.Resource,
): Snapshots {
  const bucketName = `${name}-snapshots`;
  const tags = { ...clusterTags, "mrgc:cluster": plan.clusterName };
  const common = { expireAfterDays: plan.snapshotRetentionDays, tags };
  const region = plan.snapshotReplicaRegion;
  if (region === undefined) {
    return { bucket: privateBucket(bucketName, { ...common, kmsKeyArn }, parent) };
  }
  const replicaKey = customerKey(
    `${bucketName}-replica-key`,
    { description: `Snapshots of the hot tier ${plan.clusterName} from ${plan.region}`, region, tags },
    parent,
  );
  const replica = privateBucket(`${bucketName}-replica`, { ...common, kmsKeyArn: replicaKey.arn, region }, parent);
  const role = serviceRole(
    `${bucketName}-replicator`,
    {
      service: "s3.amazonaws.com",
      description: `Copies snapshots of the hot tier ${plan.clusterName} to ${region}`,
      statements: [
        {
          sid: "WriteReplicas",
          actions: ["s3:ReplicateObject", "s3:ReplicateTags"],
          resources: [pulumi.interpolate`${replica.arn}/*`],
        },
        { sid: "EncryptReplicas", actions: ["kms:Encrypt", "kms:GenerateDataKey"], resources: [replicaKey.arn] },
        { sid: "DecryptOriginals", actions: ["kms:Decrypt"], resources: [kmsKeyArn] },
      ],
      tags,
    },
    parent,
  );
  const bucket = privateBucket(
    bucketName,
    {
      ...common,
      kmsKeyArn,
      replica: { bucketArn: replica.arn, kmsKeyArn: replicaKey.arn, roleArn: role.arn },
    },
    parent,
  );
  // A policy of its own, because the bucket names the role.
  new aws.iam.RolePolicy(
    `${bucketName}-replicator-reads`,
    {
      role: role.id,
      policy: policyJson([
        {
          sid: "SeeOriginals",
          actions: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
          resources: [bucket.arn],
        },
        {
          sid: "ReadOriginals",
          actions: ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"],
          resources: [pulumi.interpolate`${bucket.arn}/*`],
        },
      ]),
    },
    { parent: role },
  );
  return { bucket, replica };
}
