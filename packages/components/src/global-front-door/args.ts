import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../shared/tags.ts";

/** A region's load balancer, as its stack's outputs tell it. */
export interface FrontDoorRegion {
  /** Such as `us-east-1`. */
  region: string;
  /** ARN of the load balancer; it has to listen on 443. */
  nlbArn: pulumi.Input<string>;
  /** The load balancer's own DNS name, which the internal name answers with. */
  nlbDnsName: pulumi.Input<string>;
  /** The load balancer's hosted zone id, which Route 53 aliases need. */
  nlbZoneId: pulumi.Input<string>;
  /**
   * The load balancer's VPC. When given, it is looked up whether an internet gateway is attached: Global Accelerator
   * reaches private load balancers only in such a VPC, though no traffic flows through the gateway (E3). Default: not
   * checked.
   */
  vpcId?: pulumi.Input<string>;
  /** The load balancer's security group; when given, the accelerator's traffic is admitted to it. Default: none; its rules are yours. */
  nlbSecurityGroupId?: pulumi.Input<string>;
  /** The VPC's IPv4 range: the accelerator's traffic comes from interfaces in it unless client addresses are kept. Default: none; given with `nlbSecurityGroupId`. */
  vpcCidrBlock?: pulumi.Input<string>;
  /** A CloudWatch alarm in this region that says that it cannot serve; turns internal names away. Default: none; the internal name does not look. */
  healthAlarmName?: pulumi.Input<string>;
  /**
   * Percent of the traffic nearest to this region that it takes when first created, 0 to 100. Afterwards the dial
   * belongs to the evacuation command. Default: 100.
   */
  trafficDialPercent?: number;
}

/** Who ends TLS. */
export const TlsEnd = {
  /** The load balancer's listener; the client's address is lost, Global Accelerator cannot keep it (E3). */
  LoadBalancer: "load-balancer",
  /** The router behind a TCP listener. */
  Router: "router",
} as const;
/** One of `TlsEnd`. */
export type TlsEnd = (typeof TlsEnd)[keyof typeof TlsEnd];

/** What the entry for public tenants needs. */
export interface GlobalFrontDoorArgs {
  /** The regions to choose among, each once. AWS prefers the nearest healthy one. */
  regions: FrontDoorRegion[];
  /** Public name of the service, such as `inference.example.com`. Default: none, only the accelerator's own name. */
  domainName?: string;
  /** Id of the public hosted zone that holds `domainName`. Default: none; given with `domainName`. */
  hostedZoneId?: pulumi.Input<string>;
  /**
   * Name for networks that reach the VPCs privately (Direct Connect, transit gateway): answers with the load balancer
   * of the nearest healthy region. Default: none.
   */
  internalDomainName?: string;
  /** Id of the private hosted zone that holds `internalDomainName`. Default: none; given with `internalDomainName`. */
  internalZoneId?: pulumi.Input<string>;
  /** Who ends TLS. Default: `load-balancer`. */
  tlsEnd?: TlsEnd;
  /** Whether the router sees the client's own address. Only where the router ends TLS. Default: false. */
  preserveClientAddress?: boolean;
  /**
   * IPv4 ranges of public tenants, admitted when client addresses are kept. `0.0.0.0/0` has to be written out. Without
   * kept addresses the load balancer cannot tell clients apart, and the router's authentication decides. Default: none.
   */
  publicClientCidrs?: string[];
  /** Bucket of the accelerator's flow logs. Default: none. */
  flowLogsBucketName?: pulumi.Input<string>;
  /** Who is told when a region turns unhealthy: ARNs in us-west-2, where Global Accelerator's metrics are. Default: nobody. */
  alarmActionArns?: pulumi.Input<string>[];
  /** Tags of every resource. Default: none beside `Project`, `Environment`, `Component` and `ManagedBy`. */
  tags?: Tags;
}
