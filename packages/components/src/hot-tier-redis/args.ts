import type * as pulumi from "@pulumi/pulumi";
import type { NetworkPlacement } from "../network/placement.ts";
import type { Tags } from "../shared/tags.ts";

/** The server that the nodes run. */
export const Engine = {
  /** BSD licence; from version 9 on it moves slots atomically and is made for 2,000 nodes (correction E30). */
  Valkey: "valkey",
  /** RSALv2, SSPLv1 or AGPLv3 from 7.4 on (correction E31); its specification speaks of about 1,000 nodes. */
  Redis: "redis",
} as const;
export type Engine = (typeof Engine)[keyof typeof Engine];

/** How the machines of one group lie to each other. */
export const PlacementStrategy = {
  /** Close together, for the least delay. One switch may fail for all of them, so each group stays in one zone. */
  Cluster: "cluster",
  /** In seven partitions that share no rack. Groups of one zone lose at most a seventh of their machines with a rack. */
  Partition: "partition",
} as const;
export type PlacementStrategy = (typeof PlacementStrategy)[keyof typeof PlacementStrategy];

/** A program in S3 that nodes install, refused when its checksum differs. */
export interface NodeArtifact {
  /** Bucket in the cluster's region; nodes reach it through the S3 gateway endpoint. */
  bucket: string;
  /** Key of a `.tar.gz` whose programs lie in `bin/`, built for the architecture of the instance type. */
  key: string;
  /** SHA-256 of the file, 64 hexadecimal digits. */
  sha256: string;
}

/** Arguments of `HotTierRedis`. Only `network` has to be said. */
export interface HotTierRedisArgs {
  /**
   * The region's VPC and subnets; nodes live in the data subnets. The cluster uses as many zones as a shard has members, the
   * first ones of the list: at least three.
   */
  network: NetworkPlacement;
  /**
   * Shards: a primary and its replicas each. 16 hold the first 10 billion vertices, 160 the 100 billion of the source
   * documents. 1, 2 and 4 shards over three zones are refused: one zone's loss can take the majority of the voters. Default: 16.
   */
  shards?: number;
  /** Copies beside each primary, 2 to 5: a shard has one member in each zone of the cluster. Default: 2, over three zones. */
  replicasPerShard?: number;
  /** The most shards that groups may grow to without another `pulumi up`. Default: as many as 1,000 nodes hold (333 with two replicas). */
  maxShards?: number;
  /** EC2 type of the nodes. Default: `r6i.4xlarge` (16 vCPU, 128 GiB, network 6.25 Gbps baseline and 12.5 burst, correction E23). */
  instanceType?: string;
  /** Auto Scaling groups, each with a placement group, in every zone. Changing it moves nodes. Default: 2. */
  groupsPerZone?: number;
  /** How a group's machines lie to each other. Default: `cluster`. */
  placementStrategy?: PlacementStrategy;
  /** Name of the cluster in tags, parameters and metrics: lower-case letters, digits and hyphens, at most 24. Default: the component's name. */
  clusterName?: string;
  /** Server program. Default: `valkey`. */
  engine?: Engine;
  /**
   * Version that the nodes must run, as far as it matters: `9.1` admits 9.1.2. A node with another version does not
   * start. Default: `8` for the package of Amazon Linux 2023, `9.1` with an `engineArtifact`.
   */
  engineVersion?: string;
  /** Package of Amazon Linux 2023 that holds the server, when there is no artefact. Default: `valkey` (8.0) or `redis6`. */
  enginePackage?: string;
  /** The server from your own bucket, pinned by checksum: what production takes, and the only way to Valkey 9. Default: the package. */
  engineArtifact?: NodeArtifact;
  /** Prometheus exporters from your own bucket: `bin/redis_exporter` and `bin/node_exporter`. Default: none; CloudWatch metrics need none. */
  exporterArtifact?: NodeArtifact;
  /** Machine image. Default: what `imageParameter` says. */
  imageId?: string;
  /** SSM parameter that names the image. Default: AWS' own of Amazon Linux 2023 for the type's architecture. */
  imageParameter?: string;
  /** Share of the instance's memory for data, percent; at most 75 (correction E27). Default: 68.75, which is 88 of 128 GiB. */
  maxmemoryPercent?: number;
  /** `cluster-node-timeout`, milliseconds, 1000 to 15000; must outlast the stall of a fork. Default: 3000. */
  nodeTimeoutMs?: number;
  /** Root volume, GiB. Default: 50. */
  rootVolumeGib?: number;
  /** Data volume, GiB. Default: what the append-only file, its rewrite and a snapshot need: 400 for 88 GiB of data (correction E28). */
  dataVolumeGib?: number;
  /** Data volume's IOPS, 3000 to 80000. Default: 10000, or the instance's baseline where that is less. */
  dataVolumeIops?: number;
  /** Data volume's throughput, MB/s, at most the instance's EBS baseline (correction E28: 1000 was above the 625 of r6i.4xlarge). Default: 500, or the baseline. */
  dataVolumeThroughputMBps?: number;
  /** Whether data volumes outlive their node, as the source documents ask. Each costs about 82 USD a month until deleted. Default: true. */
  retainDataVolumes?: boolean;
  /** Stopped machines that each group keeps ready; they cost their volumes only. Default: 1. */
  warmNodesPerGroup?: number;
  /** Security groups that may speak to the cluster beside the one it makes for clients, by a name that never changes. Default: none. */
  clientSecurityGroupIds?: Record<string, pulumi.Input<string>>;
  /** Security group of the metrics collector, which reads ports 9100 and 9121. Default: none. */
  collectorSecurityGroupId?: pulumi.Input<string>;
  /** Private CA that signs the nodes' certificates. Default: a short-lived-certificate CA of the cluster's own, 50 USD a month. */
  certificateAuthorityArn?: pulumi.Input<string>;
  /**
   * AWS services that the component makes interface endpoints for, in the data subnets; leave out those that the VPC has.
   * Default: `["acm-pca", "sqs"]`, which `Network` does not bring. About 22 USD a month each in three zones.
   */
  interfaceEndpoints?: string[];
  /** Days that snapshots are kept. Default: 35. */
  snapshotRetentionDays?: number;
  /** Region that snapshots are replicated to, such as `us-east-1`. Default: none. */
  snapshotReplicaRegion?: string;
  /** SNS topics that alarms notify, beside the controller's queue. Default: none. */
  alarmTopicArns?: pulumi.Input<string>[];
  /** Days that logs are kept. Default: 365. */
  logRetentionDays?: number;
  /** Tags of every resource. Default: none beside `Project`, `Environment`, `Component` and `ManagedBy`. */
  tags?: Tags;
}
