import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../shared/iam-policy.ts";
import { named, type Tags } from "../shared/tags.ts";
import { policyJson } from "./policy-json.ts";

/** How a private bucket keeps its objects. */
export interface PrivateBucketSpec {
  /** Customer-managed key. Leave out only where AWS cannot write with one (load balancer access logs): then S3's own key is used. */
  kmsKeyArn?: pulumi.Input<string>;
  /** Days until current objects expire; kept for ever when left out. */
  expireAfterDays?: number;
  /** Statements beside the one that refuses plain HTTP, given the bucket's ARN. */
  statements?: (bucketArn: pulumi.Output<string>) => Statement<pulumi.Input<string>>[];
  /** Whether `destroy` deletes a bucket with objects. Default: false. */
  forceDestroy?: boolean;
  /** Where new objects are copied to: a versioned bucket, usually in another region. Default: nowhere. */
  replica?: BucketReplica;
  /** Region, where it is not the provider's. */
  region?: string;
  tags: Tags;
}

/** Where a bucket's new objects are copied to, and as whom. */
export interface BucketReplica {
  bucketArn: pulumi.Input<string>;
  /** Key in the replica's region. */
  kmsKeyArn: pulumi.Input<string>;
  /** Role that S3 copies as. */
  roleArn: pulumi.Input<string>;
}

/** Days that overwritten and deleted versions stay recoverable. */
const noncurrentVersionDays = 30;

/**
 * An S3 bucket that nobody reads by accident: public access blocked, owner enforced, encrypted, versioned, TLS only,
 * unfinished uploads removed after 7 days and old versions after 30.
 */
export function privateBucket(name: string, spec: PrivateBucketSpec, parent: pulumi.Resource): aws.s3.Bucket {
  return privateBucketAndPolicy(name, spec, parent).bucket;
}

/** The same, with the policy for resources that AWS refuses until they may write into the bucket. */
export function privateBucketAndPolicy(
  name: string,
  spec: PrivateBucketSpec,
  parent: pulumi.Resource,
): { bucket: aws.s3.Bucket; policy: aws.s3.BucketPolicy } {
  const region = spec.region === undefined ? {} : { region: spec.region };
  const bucket = new aws.s3.Bucket(
    name,
    { forceDestroy: spec.forceDestroy ?? false, tags: named(name, spec.tags), ...region },
    { parent },
  );
  const inBucket = { parent: bucket };
  const publicAccessBlock = new aws.s3.BucketPublicAccessBlock(
    `${name}-public-access`,
    {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
      ...region,
    },
    inBucket,
  );
  new aws.s3.BucketOwnershipControls(
    `${name}-ownership`,
    { bucket: bucket.id, rule: { objectOwnership: "BucketOwnerEnforced" }, ...region },
    inBucket,
  );
  new aws.s3.BucketServerSideEncryptionConfiguration(
    `${name}-encryption`,
    {
      bucket: bucket.id,
      rules: [
        spec.kmsKeyArn === undefined
          ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
          : {
              applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: spec.kmsKeyArn },
              bucketKeyEnabled: true,
            },
      ],
      ...region,
    },
    inBucket,
  );
  const versioning = new aws.s3.BucketVersioning(
    `${name}-versioning`,
    { bucket: bucket.id, versioningConfiguration: { status: "Enabled" }, ...region },
    inBucket,
  );
  new aws.s3.BucketLifecycleConfiguration(
    `${name}-lifecycle`,
    {
      bucket: bucket.id,
      rules: [
        {
          id: "tidy",
          status: "Enabled",
          filter: { prefix: "" },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          noncurrentVersionExpiration: { noncurrentDays: noncurrentVersionDays },
          ...(spec.expireAfterDays === undefined ? {} : { expiration: { days: spec.expireAfterDays } }),
        },
      ],
      ...region,
    },
    { ...inBucket, dependsOn: versioning },
  );
  const policy = new aws.s3.BucketPolicy(
    `${name}-policy`,
    {
      bucket: bucket.id,
      policy: policyJson([
        {
          sid: "RefusePlainHttp",
          effect: "Deny",
          principals: "*",
          actions: ["s3:*"],
          resources: [bucket.arn, bucket.arn.apply((arn) => `${arn}/*`)],
          conditions: { Bool: { "aws:SecureTransport": "false" } },
        },
        ...(spec.statements?.(bucket.arn) ?? []),
      ]),
      ...region,
    },
    { ...inBucket, dependsOn: publicAccessBlock },
  );
  if (spec.replica !== undefined) {
    new aws.s3.BucketReplicationConfig(
      `${name}-replication`,
      {
        bucket: bucket.id,
        role: spec.replica.roleArn,
        rules: [
          {
            id: "all",
            status: "Enabled",
            priority: 0,
            filter: { prefix: "" },
            deleteMarkerReplication: { status: "Disabled" },
            sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
            destination: {
              bucket: spec.replica.bucketArn,
              encryptionConfiguration: { replicaKmsKeyId: spec.replica.kmsKeyArn },
            },
          },
        ],
        ...region,
      },
      { ...inBucket, dependsOn: versioning },
    );
  }
  return { bucket, policy };
}
