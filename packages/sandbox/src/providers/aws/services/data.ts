import type { PropertyMap } from "../../../engine/values.ts";
import type { Refusal } from "../../../schema/validate.ts";
import { account, arn, number, text, type Behaviour, type Scene } from "../behaviour.ts";

/** RDS for PostgreSQL on gp3: from 400 GiB on the volume starts at 12,000 IOPS; below, none can be given (E37). */
function checkStorage(scene: Scene): Refusal[] {
  const size = number(scene.inputs.allocatedStorage);
  const iops = number(scene.inputs.iops);
  if (text(scene.inputs.storageType) !== "gp3" || size === undefined || iops === undefined) return [];
  if (size < 400)
    return [
      { property: "iops", reason: `cannot be given for gp3 below 400 GiB (allocatedStorage is ${size}); leave it out` },
    ];
  return iops < 12_000
    ? [
        {
          property: "iops",
          reason: `${iops} is below 12000, where gp3 of 400 GiB and more starts (allocatedStorage is ${size})`,
        },
      ]
    : [];
}

function checkZone(scene: Scene): Refusal[] {
  return scene.inputs.multiAz === true && scene.inputs.availabilityZone !== undefined
    ? [{ property: "availabilityZone", reason: "cannot be given together with multiAz" }]
    : [];
}

function databaseOutputs(scene: Scene, id: string): PropertyMap {
  const port = number(scene.inputs.port) ?? ((text(scene.inputs.engine) ?? "").includes("postgres") ? 5432 : 3306);
  const host = `${text(scene.inputs.identifier) ?? id}.c${scene.hex(11, "host")}.${scene.region}.rds.amazonaws.com`;
  return {
    address: host,
    endpoint: `${host}:${port}`,
    port,
    hostedZoneId: "Z2R2ITUGPM61AM",
    status: "available",
    resourceId: `db-${scene.hex(26, "resource").toUpperCase()}`,
    identifier: id,
    engineVersionActual: text(scene.inputs.engineVersion) ?? "18.6",
    masterUserSecrets: scene.inputs.manageMasterUserPassword === true ? [masterSecret(scene, id)] : [],
  };
}

function masterSecret(scene: Scene, id: string): PropertyMap {
  return {
    kmsKeyId: text(scene.inputs.masterUserSecretKmsKeyId) ?? arn(scene, "kms", `key/${scene.hex(32, "rds-key")}`),
    secretArn: arn(scene, "secretsmanager", `secret:rds!db-${scene.hex(8, id)}-${scene.hex(6, "secret")}`),
    secretStatus: "active",
  };
}

const bucketOutputs = (scene: Scene, id: string): PropertyMap => ({
  bucketDomainName: `${id}.s3.amazonaws.com`,
  bucketRegionalDomainName: `${id}.s3.${scene.region}.amazonaws.com`,
  bucketRegion: scene.region,
  hostedZoneId: "Z3AQBSTGFYJSTF",
});

const bucket: Behaviour = {
  id: (scene) => text(scene.inputs.bucket) ?? scene.hex(12),
  arn: (scene, id) => `arn:${scene.partition}:s3:::${id}`,
  autoName: { property: "bucket", maxLength: 63, lowerCase: true },
  unique: "bucket",
  replaceOn: ["bucket", "bucketPrefix", "objectLockEnabled"],
  outputs: bucketOutputs,
};
const bucketPart: Behaviour = { id: (scene) => text(scene.inputs.bucket) ?? scene.hex(12), replaceOn: ["bucket"] };

/** Databases, caches, buckets and tables. */
export const data: Record<string, Behaviour> = {
  "aws:rds/instance:Instance": {
    id: (scene) => text(scene.inputs.identifier) ?? `tf-${scene.hex(20, "id")}`,
    arn: (scene, id) => arn(scene, "rds", `db:${text(scene.inputs.identifier) ?? id}`),
    autoName: false,
    unique: "identifier",
    replaceOn: [
      "availabilityZone",
      "characterSetName",
      "customIamInstanceProfile",
      "dbName",
      "engine",
      "identifier",
      "kmsKeyId",
      "storageEncrypted",
      "username",
      "timezone",
      "snapshotIdentifier",
      "sourceDbInstanceIdentifier",
    ],
    defaults: { backupRetentionPeriod: 0, multiAz: false, publiclyAccessible: false, storageEncrypted: false },
    outputs: databaseOutputs,
    check: (scene) => [...checkStorage(scene), ...checkZone(scene)],
  },
  "aws:rds/cluster:Cluster": {
    id: (scene) => text(scene.inputs.clusterIdentifier) ?? `tf-${scene.hex(20, "id")}`,
    arn: (scene, id) => arn(scene, "rds", `cluster:${id}`),
    autoName: { property: "clusterIdentifier", maxLength: 63, lowerCase: true },
    replaceOn: [
      "clusterIdentifier",
      "databaseName",
      "engine",
      "kmsKeyId",
      "masterUsername",
      "storageEncrypted",
      "dbSubnetGroupName",
    ],
    outputs: (scene, id) => {
      const host = `${id}.cluster-${scene.hex(11, "host")}.${scene.region}.rds.amazonaws.com`;
      return {
        endpoint: host,
        readerEndpoint: host.replace(".cluster-", ".cluster-ro-"),
        hostedZoneId: "Z2R2ITUGPM61AM",
        clusterMembers: [],
      };
    },
  },
  "aws:rds/subnetGroup:SubnetGroup": {
    id: (scene) => text(scene.inputs.name) ?? scene.hex(12),
    arn: (scene, id) => arn(scene, "rds", `subgrp:${id}`),
    autoName: { property: "name", maxLength: 255, lowerCase: true },
    unique: "name",
    defaults: { description: "Managed by Pulumi" },
  },
  "aws:rds/parameterGroup:ParameterGroup": {
    id: (scene) => text(scene.inputs.name) ?? scene.hex(12),
    arn: (scene, id) => arn(scene, "rds", `pg:${id}`),
    autoName: { property: "name", maxLength: 255, lowerCase: true },
    unique: "name",
    replaceOn: ["description", "family", "name"],
    defaults: { description: "Managed by Pulumi" },
  },
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    id: (scene) => text(scene.inputs.replicationGroupId) ?? scene.hex(12),
    autoName: { property: "replicationGroupId", maxLength: 40, lowerCase: true },
  },
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketV2:BucketV2": bucket,
  ...Object.fromEntries(
    [
      "bucketPolicy:BucketPolicy",
      "bucketPublicAccessBlock:BucketPublicAccessBlock",
      "bucketOwnershipControls:BucketOwnershipControls",
      "bucketVersioning:BucketVersioning",
      "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      "bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      "bucketLogging:BucketLogging",
    ].map((name) => [`aws:s3/${name}`, bucketPart]),
  ),
  "aws:s3/bucketObjectv2:BucketObjectv2": {
    id: (scene) => text(scene.inputs.key) ?? scene.hex(12),
    arn: (scene, id) => `arn:${scene.partition}:s3:::${text(scene.inputs.bucket) ?? ""}/${id}`,
    replaceOn: ["bucket", "key"],
  },
  "aws:dynamodb/table:Table": {
    id: (scene) => text(scene.inputs.name) ?? scene.hex(12),
    arn: (scene, id) => arn(scene, "dynamodb", `table/${id}`),
    unique: "name",
    replaceOn: ["name", "hashKey", "rangeKey", "localSecondaryIndexes"],
    outputs: (scene, id) => ({
      streamArn:
        scene.inputs.streamEnabled === true ? arn(scene, "dynamodb", `table/${id}/stream/2026-01-01T00:00:00.000`) : "",
    }),
  },
  "aws:sqs/queue:Queue": {
    id: (scene) => `https://sqs.${scene.region}.amazonaws.com/${account}/${text(scene.inputs.name) ?? ""}`,
    arn: (scene) => arn(scene, "sqs", text(scene.inputs.name) ?? ""),
    autoName: { property: "name", maxLength: 80 },
    unique: "name",
    replaceOn: ["name", "fifoQueue"],
    outputs: (_scene, id) => ({ url: id }),
  },
  "aws:sns/topic:Topic": {
    id: (scene) => arn(scene, "sns", text(scene.inputs.name) ?? ""),
    arn: (_scene, id) => id,
    unique: "name",
    replaceOn: ["name", "fifoTopic"],
    outputs: () => ({ owner: account }),
  },
  "aws:sns/topicSubscription:TopicSubscription": {
    id: (scene) => `${text(scene.inputs.topic) ?? ""}:${scene.hex(32)}`,
    arn: (_scene, id) => id,
    replaceOn: ["topic", "protocol", "endpoint"],
  },
};
