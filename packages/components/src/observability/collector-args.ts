import type * as pulumi from "@pulumi/pulumi";

/** What the collector reads of a hot tier whose nodes run exporters (`HotTierRedis.exporterArtifact`). */
export interface CollectedHotTier {
  /** Label `cluster` of its metrics: `HotTierRedis.clusterName`. */
  clusterName: pulumi.Input<string>;
  /** Group of the nodes: `HotTierRedis.securityGroupId`. The collector finds them by it, and is admitted to it. */
  securityGroupId: pulumi.Input<string>;
}

/** What the collector reads of a GPU cluster: DCGM on the hosts, Envoy in the routers. */
export interface CollectedGpuCluster {
  /** Label `Cluster` of the GPUs' metrics: `RegionalGpuCluster.metricCluster`. */
  clusterName: pulumi.Input<string>;
  /** Group of the hosts: `RegionalGpuCluster.gpuSecurityGroupId`. The collector finds them by it, and is admitted to it. */
  hostSecurityGroupId: pulumi.Input<string>;
  /** Group of the routers: `RegionalGpuCluster.routerSecurityGroupId`. The collector is admitted to it. */
  routerSecurityGroupId: pulumi.Input<string>;
  /** Namespace in which the routers are found: `RegionalGpuCluster.namespaceName`. */
  namespaceName: pulumi.Input<string>;
}

/** What the collector reads of a database, by an exporter that runs beside it. */
export interface CollectedDatabase {
  /** postgres_exporter in ECR, such as a mirror of `prometheuscommunity/postgres-exporter:v0.18.1`. */
  exporterImage: string;
  /** Host name: `MetadataPostgres.writerEndpoint`. */
  endpoint: pulumi.Input<string>;
  /** Database: `MetadataPostgres.databaseName`. */
  databaseName: pulumi.Input<string>;
  /** Group of the database: `MetadataPostgres.securityGroupId`. The exporter is admitted to it. */
  securityGroupId: pulumi.Input<string>;
  /**
   * Secret of a user with the role `pg_monitor` and nothing else: `{"username", "password"}`, under AWS' own key. The exporter
   * knows no IAM tokens, which is how every other user of the database logs in.
   */
  secretArn: pulumi.Input<string>;
}

/**
 * The collector of what is not a pod: one Fargate task of Prometheus as an agent, which finds machines by EC2 and routers by
 * their names, keeps what rules and dashboards name, and sends it to the workspace. About 43 USD a month in us-east-1 (one
 * vCPU, 4 GiB). The VPC needs the interface endpoints `aps-workspaces` and `ec2`.
 */
export interface CollectorArgs {
  /** Prometheus 3 in ECR, such as a mirror of `prom/prometheus:v3.5.0`: the task has no way to the internet. */
  image: string;
  /** Seconds between two samples, 15 to 300. Samples are what Prometheus costs by. Default: 60. */
  scrapeSeconds?: number;
  /** Hot tier to read. Default: none. */
  hotTier?: CollectedHotTier;
  /** GPU cluster to read. Default: none. */
  gpu?: CollectedGpuCluster;
  /** Database to read. Default: none; RDS' own metrics are in CloudWatch. */
  database?: CollectedDatabase;
}
