import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../shared/tags.ts";

/** How a network reaches the service of another region. */
export const CrossRegionPath = {
  /** An endpoint of its own with `serviceRegion`, where the service supports the network's region (E12). */
  PrivateLink: "privatelink",
  /** Transit gateways peered with the network in the service's region, and the endpoint there. */
  TransitGateway: "transit-gateway",
  /** Not at all: each network uses its own region's service. */
  None: "none",
} as const;
/** One of `CrossRegionPath`. */
export type CrossRegionPath = (typeof CrossRegionPath)[keyof typeof CrossRegionPath];

/** How the name chooses among healthy regions. */
export const Routing = {
  /** The network's own region, then the others in the order given. */
  Failover: "failover",
  /** The region that AWS measures as nearest. */
  Latency: "latency",
} as const;
/** One of `Routing`. */
export type Routing = (typeof Routing)[keyof typeof Routing];

/** One of the tenant's networks. A `Network` or any `NetworkPlacement` is one. */
export interface TenantVpc {
  /** Such as `us-east-1`. */
  region: string;
  /** Availability Zone IDs of the subnets, in their order. IDs, because names differ by account (E6). */
  zoneIds: string[];
  /** Id of the VPC. */
  vpcId: pulumi.Input<string>;
  /** IPv4 range of the VPC. */
  vpcCidrBlock: pulumi.Input<string>;
  /** One private subnet per zone. */
  privateSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Route tables of the applications' subnets. Only for transit gateways, which need routes in them. Default: none. */
  privateRouteTableIds?: pulumi.Input<string>[];
  /** Security groups of the applications. Default: everything in the VPC's range may call. */
  clientSecurityGroupIds?: pulumi.Input<string>[];
  /** A key in this region whose policy admits CloudWatch Logs. Default: one is made (1 USD a month). */
  kmsKeyArn?: pulumi.Input<string>;
}

/** A regional service, as its provider's `onboarding` tells it. */
export interface TenantService {
  /** Region of the service. */
  serviceRegion: string;
  /** Such as `com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0`. */
  serviceName: pulumi.Input<string>;
  /** Availability Zone IDs where the service can be reached. */
  zoneIds: string[];
  /** Regions where the provider accepts endpoints. Default: the service's own. */
  endpointRegions?: string[];
  /** The service's private DNS name. Default: none. */
  privateDnsName?: string;
}

/** What a tenant needs to reach the service privately, from one region or several. */
export interface TenantEndpointArgs {
  /** The tenant's networks, at most one a region. */
  vpcs: TenantVpc[];
  /** The regional services, best first after a network's own region. */
  services: TenantService[];
  /**
   * One name for all regions, such as `inference.acme.internal`: a private zone of this name is made for each network,
   * and answers with a healthy endpoint that this network reaches. Default: none; use the endpoints' own names.
   */
  dnsName?: string;
  /** How `dnsName` chooses. Default: `failover`. */
  routing?: Routing;
  /** How a network reaches the services of other regions. Default: `privatelink`. */
  crossRegion?: CrossRegionPath;
  /** Whether the service's own private DNS name resolves in the networks. Default: false. */
  privateDns?: boolean;
  /** Fewest zones that an endpoint has in common with its service. Default: 3. */
  minimumZones?: number;
  /** Ports of the service. Default: `[443, 8080]`. */
  ports?: number[];
  /** Port of the health endpoint, over plain HTTP inside the endpoint. Default: 8080. */
  healthPort?: number;
  /** Path of the health endpoint. Default: `/health`. */
  healthPath?: string;
  /**
   * Seconds between two looks at an endpoint: 10, 30 or 60. A minute in which more than half of them are bad turns the name
   * away, or two minutes where there is one look in each: Route 53 follows metrics by the minute and no finer. Default: 10.
   */
  probeIntervalSeconds?: number;
  /** Who is told when an endpoint turns unhealthy, such as an SNS topic's ARN by region. Default: nobody. */
  alarmActionArns?: Record<string, pulumi.Input<string>[]>;
  /**
   * SNS topics, by region of the network, that AWS tells when an endpoint is accepted, rejected or deleted. Their policy
   * has to let `vpce.amazonaws.com` publish. Default: none.
   */
  connectionTopicArns?: Record<string, pulumi.Input<string>>;
  /** Tags of every resource. Default: none beside `Project`, `Environment`, `Component` and `ManagedBy`. */
  tags?: Tags;
}
