import type * as pulumi from "@pulumi/pulumi";
import type { NetworkPlacement } from "../network/placement.ts";
import type { Tags } from "../shared/tags.ts";
import type { Tenant } from "../tenants/tenant.ts";

/** Address families that an endpoint service speaks. */
export const IpAddressType = {
  /** Consumers reach it by IPv4. */
  Ipv4: "ipv4",
  /** Consumers reach it by IPv6, from subnets that have it. */
  Ipv6: "ipv6",
} as const;
/** One of `IpAddressType`. */
export type IpAddressType = (typeof IpAddressType)[keyof typeof IpAddressType];

/** What an endpoint service of one region needs. */
export interface PrivateLinkServiceArgs {
  /** Where the load balancers stand. */
  network: NetworkPlacement;
  /** ARNs of the Network Load Balancers behind the service. A load balancer belongs to one endpoint service only (E12). */
  nlbArns: pulumi.Input<string>[];
  /** The registry. Tenants of other regions are left out. */
  tenants: Tenant[];
  /**
   * Further regions whose tenants may connect across regions (`serviceRegion` on their side). Default: none. The role
   * that runs Pulumi needs `vpce:AllowMultiRegion` for it.
   */
  supportedRegions?: string[];
  /** Address families that consumers may use; IPv6 needs dual-stack load balancers. Default: `["ipv4"]`. */
  ipAddressTypes?: IpAddressType[];
  /**
   * Name under which tenants' own networks resolve the service, such as `us-east-1.inference.example.com`. One for each
   * region: a name shared by regions would be answered by whichever endpoint a network has, and nothing could fail over.
   * Default: none; tenants use the endpoint's own regional name.
   */
  privateDnsName?: string;
  /**
   * Id of the public hosted zone, in this account, that holds `privateDnsName`: the record that proves the ownership of
   * the name is made there, and the service is given out when AWS has seen it (correction E5). Default: none; the proof is yours to publish.
   */
  privateDnsZoneId?: pulumi.Input<string>;
  /**
   * Set once the record told by `privateDnsProof` stands in a zone of somebody else: the verification is then started
   * and waited for. Default: false.
   */
  privateDnsProvenElsewhere?: boolean;
  /** Resets per minute and zone that raise an alarm. Default: 100. */
  resetsPerMinuteAlarm?: number;
  /** Further receivers of the alarms, such as a pager's SNS topic. The reports' topic always gets them. Default: none. */
  alarmActionArns?: pulumi.Input<string>[];
  /** Whether the ledger of decisions refuses to be deleted. Default: true. */
  deletionProtection?: boolean;
  /** Days that the acceptance function's log stays. Default: 365. */
  logRetentionDays?: number;
  /** Tags of every resource. Default: none beside `Project`, `Environment`, `Component` and `ManagedBy`. */
  tags?: Tags;
}
