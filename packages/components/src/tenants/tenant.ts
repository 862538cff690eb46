/**
 * One tenant of the private service. The list of tenants is the registry: allowed principals, the load balancer's rules,
 * acceptance, alarms, DNS and cost tags all follow from it.
 */
export interface Tenant {
  /** Short, stable name: lower-case letters, digits and hyphens, at most 24 characters. Part of logical names. */
  name: string;
  /** AWS account, 12 digits. One tenant per account: a connection request names nothing else. */
  accountId: string;
  /**
   * ARNs of the tenant's account that may create endpoints. Default: the whole account
   * (`arn:aws:iam::<accountId>:root`). Never `*`.
   */
  principals?: string[];
  /**
   * The tenant's private IPv4 ranges that call the service. PrivateLink traffic is judged by the client's own address
   * (correction E1), so the load balancer's security group admits exactly these.
   */
  cidrBlocks: string[];
  /** Regions whose service the tenant may connect to. */
  regions: string[];
  /**
   * Regions where the tenant's endpoints may be. Default: the same as `regions`. One that differs from the service's is
   * reached by cross-region PrivateLink and has to be among the service's `supportedRegions`.
   */
  endpointRegions?: string[];
  /**
   * Availability Zone IDs of the tenant's subnets, such as `use1-az1`. A connection request does not tell them; stated
   * here, the plan refuses a tenant that shares no zone with the service. Default: not known, and not checked.
   */
  zoneIds?: string[];
  /** Most endpoints the tenant may have connected to a region's service. Default: 3. */
  endpointQuota?: number;
  /** Who is told about accepted and rejected connections and maintenance: an e-mail address. */
  contact: string;
  /** Whether the tenant resolves the service's private DNS name. Default: true. */
  privateDns?: boolean;
}

/** Endpoints a tenant may have in a region unless said: one for each of three VPCs. */
export const defaultEndpointQuota = 3;
