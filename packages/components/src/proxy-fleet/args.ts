import type * as pulumi from "@pulumi/pulumi";
import type { NetworkPlacement } from "../network/placement.ts";

/** Operating system of the nodes. Both are replaced by newer images of AWS' own, a tenth of the nodes at a time. */
export const NodeImage = {
  /** General purpose, as the rest of this library. */
  AmazonLinux2023: "al2023",
  /** No shell and no package manager; updates swap the whole image. */
  Bottlerocket: "bottlerocket",
} as const;
export type NodeImage = (typeof NodeImage)[keyof typeof NodeImage];

/** Where a client's TLS ends and how the client proves who it is. */
export const ClientTls = {
  /** At the load balancer, with ACM's certificate, and again at the proxy; clients log in with the hot tier's user. */
  AtLoadBalancer: "at-load-balancer",
  /** At the proxy alone, which admits clients whose certificate its authority has signed (mTLS). */
  Mutual: "mutual",
} as const;
export type ClientTls = (typeof ClientTls)[keyof typeof ClientTls];

/** How Kubernetes asks a proxy for its health. */
export const ProxyProbes = {
  /** `GET /live` and `GET /health` by HTTPS on 8081: what the default image answers. Envoy has no gRPC health service. */
  Http: "http",
  /** gRPC health checking on 8080, as the source documents have it (R95): for an image of your own that has it. */
  Grpc: "grpc",
} as const;
export type ProxyProbes = (typeof ProxyProbes)[keyof typeof ProxyProbes];

/** How the proxies reach the hot tier; `HotTierRedis` has all of it as outputs. */
export interface HotTierConnection {
  /** Host name that answers with some of the cluster's nodes. */
  endpoint: pulumi.Input<string>;
  /** TLS port of every node. */
  port: pulumi.Input<number>;
  /** Security group that makes a client; the nodes carry it. */
  clientSecurityGroupId: pulumi.Input<string>;
  /** Secret of the user that the proxies log in as: `{"username", "password"}`. */
  authSecretArn: pulumi.Input<string>;
  /** Key of that secret. */
  keyArn: pulumi.Input<string>;
  /** Root certificate that the nodes' certificates lead to, PEM. It must sign for this cluster alone: nodes are known by it. */
  certificateAuthorityPem: pulumi.Input<string>;
}

/** What a principal may do in the cluster: names of EKS' access policies. */
export const AccessPolicy = {
  /** Everything in Kubernetes: for the roles that Pulumi runs as. */
  ClusterAdmin: "AmazonEKSClusterAdminPolicy",
  /** Everything in namespaces but their quotas and the namespaces themselves. */
  Admin: "AmazonEKSAdminPolicy",
  /** Reads and writes workloads and secrets, no roles. */
  Edit: "AmazonEKSEditPolicy",
  /** Reads everything but secrets. */
  View: "AmazonEKSViewPolicy",
} as const;
export type AccessPolicy = (typeof AccessPolicy)[keyof typeof AccessPolicy];

/** A principal that may use the Kubernetes API. */
export interface AccessEntryArgs {
  /** ARN of the IAM role or user. */
  principalArn: pulumi.Input<string>;
  /** What it may do. */
  policy: AccessPolicy;
  /** Namespaces that it may do it in. Default: the whole cluster. */
  namespaces?: string[];
}

/** A metric of the pods that the autoscaler follows beside CPU; an adapter of your own has to serve it. */
export interface RequestMetricArgs {
  /** Name in the custom metrics API, such as `redis_requests_per_second`. */
  name: string;
  /** What one pod should have, such as 50000 (R98). */
  perPod: number;
}

/** Arguments of `ProxyFleet`. The network, the hot tier and the two certificates have to be said. */
export interface ProxyFleetArgs {
  /** The region's VPC and subnets, in at least two zones. */
  network: NetworkPlacement;
  /** The hot tier that the proxies serve. */
  hotTier: HotTierConnection;
  /** ACM certificate of the listeners: TLS 443 for clients and HTTPS 443 for administration. */
  certificateArn: pulumi.Input<string>;
  /** Secret with the proxies' own certificate, PEM: `{"certificate", "privateKey", "authority"}`. Pods read it by their identity. */
  certificateSecretArn: pulumi.Input<string>;
  /** Key of that secret. Default: AWS' own key for Secrets Manager, which needs no right. */
  certificateKeyArn?: pulumi.Input<string>;
  /** Where a client's TLS ends. Default: `at-load-balancer`. */
  clientTls?: ClientTls;
  /** IPv4 ranges that clients may come from, each of at most a /8. Default: the VPC's. */
  clientCidrBlocks?: string[];
  /** EC2 type of the nodes, x86 or Graviton; nodes of another type replace the old ones a tenth at a time. Default: `c6i.2xlarge` (8 vCPU, 16 GiB; baseline 3.125 Gbps, correction E24). */
  instanceType?: string;
  /** EC2 type of the three nodes that run DNS, the controllers and the autoscaler. Default: `m6i.large`, or `m7g.large` for Graviton proxies. */
  systemInstanceType?: string;
  /** Operating system of the nodes. Default: `al2023`. */
  nodeImage?: NodeImage;
  /** Nodes over all zones at the start; afterwards the autoscaler decides. Default: `minNodes`. */
  desiredNodes?: number;
  /** Fewest nodes over all zones, and fewest proxies: one a node. Default: 48. */
  minNodes?: number;
  /** Most nodes over all zones. Default: 1000; at most 450 a zone (EKS quota L-BD136A63), which keeps the load balancer's 500 targets a zone (correction E34). */
  maxNodes?: number;
  /** Kubernetes version. Default: 1.36, in standard support to 2027-08-02 (correction E35: 1.28 has ended). */
  kubernetesVersion?: string;
  /** The proxy's image, with tag or digest, for the architecture of the nodes. Default: Envoy, which reads the generated configuration. */
  image?: pulumi.Input<string>;
  /** How the image is asked for its health. Default: `http`. */
  probes?: ProxyProbes;
  /** The cluster autoscaler's image. Default: the one of the Kubernetes version. */
  autoscalerImage?: pulumi.Input<string>;
  /** The load balancer controller's image. Default: AWS' own, v3.5.0. */
  loadBalancerControllerImage?: pulumi.Input<string>;
  /** Share of the requested CPU that the autoscaler aims at, percent, 10 to 90. Default: 70. */
  targetCpuPercent?: number;
  /** Requests a pod, as a second measure for the autoscaler. Default: none, because a metric that nobody serves stops scaling in. */
  requestMetric?: RequestMetricArgs;
  /** Seconds that a leaving proxy keeps its connections, 30 to 900; stopping takes 35 s more. Default: 60. */
  deregistrationDelaySeconds?: number;
  /** IAM database users that the proxies may log in as: `arn:aws:rds-db:<region>:<account>:dbuser:<resourceId>/<role>`. Default: none. */
  databaseUserArns?: pulumi.Input<string>[];
  /** Who may use the Kubernetes API beside the creator, by a name that never changes. Default: nobody. */
  accessEntries?: Record<string, AccessEntryArgs>;
  /** Configuration of add-ons as JSON by add-on, in place of the component's, such as `{"coredns": "{...}"}`. Default: none. */
  addonConfiguration?: Record<string, string>;
  /** SNS topics that alarms notify. Default: none. */
  alarmTopicArns?: pulumi.Input<string>[];
  /** Days that logs are kept. Default: 365. */
  logRetentionDays?: number;
  /** Whether deleting the cluster and the load balancers is refused. Default: true. */
  deletionProtection?: boolean;
  /** Tags of every resource. Default: none beside `Project`, `Environment`, `Component` and `ManagedBy`. */
  tags?: Record<string, string>;
}
