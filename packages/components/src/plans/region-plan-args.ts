import type { ConnectedRange } from "../network/address-plan.ts";
import type { SubnetBlock } from "../network/subnets.ts";
import type { PurchaseOptions } from "./purchase.ts";

/** How a region's EC2 volumes are made. */
export interface VolumeSize {
  /** Size of the volume, GiB. */
  sizeGib: number;
  /** Default: 3,000, which gp3 includes. */
  iops?: number;
  /** MB/s. Default: 125, which gp3 includes. */
  throughputMBps?: number;
}

/** A fleet of EC2 instances: how many run at first, and the most that ever will. */
export interface FleetSize {
  /** Such as `r6i.4xlarge`. */
  instanceType: string;
  /** Instances that run when the stack is up. */
  instances: number;
  /** The most that scaling or a human may make of it. */
  maxInstances: number;
  /** gp3 volumes of each instance. Default: none, which leaves storage out of the cost. */
  volumes?: VolumeSize[];
}

/** The cache's nodes. */
export interface CacheFleetSize extends FleetSize {
  /** Placement groups, and with them Auto Scaling groups, in each zone. Default: 1. */
  groupsPerZone?: number;
}

/** The proxies' nodes and pods. */
export interface ProxyFleetSize extends FleetSize {
  /** Default: one a node. */
  maxPods?: number;
  /** The CNI's `WARM_IP_TARGET`. Default: 2, as `ProxyFleet` sets it. */
  warmIpTarget?: number;
  /** Type of the three nodes, six at most, that run the cluster. Default: as `ProxyFleet`: `m6i.large`, or `m7g.large` for Graviton proxies. */
  systemInstanceType?: string;
  /** Managed node groups: one a zone by default. */
  nodeGroups?: number;
}

/** The router's tasks on Fargate. */
export interface RouterSize {
  /** Tasks that run when the stack is up, over all zones. */
  tasks: number;
  /** The most that scaling may make of them, over all zones. */
  maxTasks: number;
  /** vCPU of a task, as Fargate bills them: 0.25 to 16. */
  vcpuPerTask: number;
  /** Memory of a task, GiB. */
  memoryGibPerTask: number;
}

/** The metadata database. */
export interface DatabaseSize {
  /** Such as `db.r6i.xlarge`. */
  instanceClass: string;
  /** Instances billed in the region: a Multi-AZ primary counts 2. */
  instances: number;
  /** Read replicas of the primary, those in other regions included. Default: 0. */
  replicas?: number;
  /** gp3 storage of each instance, GiB. */
  storageGib: number;
}

/** The load balancers in front of the fleets. */
export interface LoadBalancerSize {
  /** Public, with an Elastic IP a zone. Default: 0. */
  publicNetworkLoadBalancers?: number;
  /** Internal, such as the one behind PrivateLink. Default: 0. */
  internalNetworkLoadBalancers?: number;
  /** Default: 0. */
  applicationLoadBalancers?: number;
  /** Targets of the largest NLB at the maximum. Default: the proxies' maximum. */
  maxTargets?: number;
  /** Whether that NLB sends to targets in other zones: then 500 targets are its limit (correction E34). Default: false. */
  crossZone?: boolean;
  /** Default: 2 a network load balancer. */
  targetGroups?: number;
}

/** What flows in a month; GB are 10^9 bytes, as AWS bills them. What is left out is reported as not known. */
export interface MonthlyTraffic {
  /** GB between zones, counted once; AWS bills the sender and the receiver (correction E38). */
  crossZoneGb?: number;
  /** GB to the internet. */
  internetEgressGb?: number;
  /** GB through NAT gateways. */
  natGb?: number;
  /** GB through interface endpoints. */
  endpointGb?: number;
  /** GB through the network load balancers, both directions. */
  networkLoadBalancerGb?: number;
  /** New connections a second, on average, at the network load balancers. Default: 0. */
  newConnectionsPerSecond?: number;
  /** Connections open at a time at the network load balancers. Default: 0. */
  activeConnections?: number;
  /** Average capacity units of the application load balancers. */
  applicationLoadBalancerUnits?: number;
  /** GB through Global Accelerator within North America. Default: none, and no accelerator. */
  globalAcceleratorGb?: number;
}

/** Everything that a region's plan is made from, as plain data. */
export interface RegionPlanArgs {
  /** Such as `us-east-1`. */
  region: string;
  /** Availability Zone IDs, such as `use1-az1`. */
  zoneIds: string[];
  /** Such as `10.66.0.0/18`. */
  vpcCidrBlock: string;
  /** Default: 4. */
  maxZones?: number;
  /** Default: `100.64.0.0/16` when the pods need it. */
  podCidrBlock?: string;
  /** Ranges that the VPC is to be connected to, which it must not share. Default: none. */
  connectedRanges?: ConnectedRange[];
  /** Subnets of an earlier plan that have to be kept. */
  subnets?: SubnetBlock[];
  /** Whether subnets that are too small, or whose zone is gone, may be replaced. Default: false. */
  allowReplacement?: boolean;
  /** Interface endpoints by service. Default: those of `Network`. */
  interfaceEndpoints?: string[];
  /** The cache's nodes. Default: none, which plans no cache. */
  cache?: CacheFleetSize;
  /** The proxies' nodes; with them come an EKS cluster and the pods' addresses. Default: none. */
  proxies?: ProxyFleetSize;
  /** The GPU hosts. Default: none. */
  gpu?: FleetSize;
  /** The router in front of the GPU hosts. Default: none. */
  router?: RouterSize;
  /** Whether `Observability` collects what is not a pod (`collector`): one Fargate task, whatever the fleets' sizes. Default: false. */
  collector?: boolean;
  /** The metadata database. Default: none. */
  database?: DatabaseSize;
  /** Load balancers. Default: none. */
  loadBalancers?: LoadBalancerSize;
  /** CIDR ranges of all tenants together: rules of the load balancer's group. Default: 0. */
  tenantCidrBlocks?: number;
  /** Requests a second that an enclave asks KMS for. Default: not known. */
  kmsRequestsPerSecond?: number;
  /** What flows in a month. Default: not known, which the cost plan says. */
  traffic?: MonthlyTraffic;
  /** How instances are paid for. Default: on demand. */
  purchase?: PurchaseOptions;
  /** USD a month that the region may cost. Default: no budget. */
  budgetUsdPerMonth?: number;
}
