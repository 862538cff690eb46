import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { privateBucket } from "../building-blocks/private-bucket.ts";
import type { Tags } from "../shared/tags.ts";
import type { HotTierPlan } from "./hot-tier-plan.ts";

/** The bucket of snapshots, the controller's lease and its audit trail: private, encrypted with the cluster's key, versioned. */
export function snapshotBucket(
  name: string,
  plan: HotTierPlan,
  kmsKeyArn: pulumi.Input<string>,
  tags: Tags,
  parent: pulumi.Resource,
): aws.s3.Bucket {
  return privateBucket(
    `${name}-snapshots`,
    { kmsKeyArn, expireAfterDays: plan.snapshotRetentionDays, tags: { ...tags, "mrgc:cluster": plan.clusterName } },
    parent,
  );
}
