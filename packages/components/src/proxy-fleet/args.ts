import type * as pulumi from "@pulumi/pulumi";
import type { NetworkPlacement } from "../network/placement.ts";

/** How the proxies reach the hot tier; `HotTierRedis` gives it. */
export interface HotTierConnection {
  /** Host name that answers with some of the cluster's nodes. */
  endpoint: pulumi.Input<string>;
  /** TLS port of every node. */
  port: number;
  /** Security group of the cache nodes, for the proxies' egress. */
  securityGroupId: pulumi.Input<string>;
}

/** The sizes of one node group of each zone. */
export interface ProxyFleetArgs {
  /** The region's VPC and subnets. */
  network: NetworkPlacement;
  /** EC2 type of the nodes. Default: `c6i.2xlarge` (8 vCPU, 16 GiB; baseline 3.125 Gbps, correction E24). */
  instanceType?: string;
  /** Nodes over all zones at rest. Default: 48. */
  desiredNodes?: number;
  /** Fewest nodes over all zones. Default: 48. */
  minNodes?: number;
  /** Most nodes over all zones. Default: 1000; at most 450 a zone (EKS quota L-BD136A63). */
  maxNodes?: number;
  /** Kubernetes version. Default: 1.36, in standard support to 2027-08-02 (correction E35: 1.28 has ended). */
  kubernetesVersion?: string;
  /** The proxy's image. */
  image?: pulumi.Input<string>;
  /** The hot tier that the proxies serve. */
  hotTier?: HotTierConnection;
  /** Tags of every resource. */
  tags?: Record<string, string>;
}
