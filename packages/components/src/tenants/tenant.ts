/**
 * One tenant of the private service. The list of tenants is the registry: allowed principals, the load balancer's rules,
 * acceptance, alarms, DNS and cost tags all follow from it.
 */
export interface Tenant {
  /** Short, stable name: lower-case letters, digits and hyphens, at most 24 characters. Part of logical names. */
  name: string;
  /** AWS account, 12 digits. */
  accountId: string;
  /** ARNs allowed to create endpoints. Default: the whole account (`arn:aws:iam::<accountId>:root`). Never `*`. */
  principals?: string[];
  /**
   * The tenant's private IPv4 ranges that call the service. PrivateLink traffic is judged by the client's own address
   * (correction E1), so the load balancer's security group admits exactly these.
   */
  cidrBlocks: string[];
  /** Regions the tenant may connect to. */
  regions: string[];
  /** Most endpoints the tenant may have in a region. Default: 3. */
  endpointQuota?: number;
  /** Who is told about rejected connections and maintenance: an e-mail address. */
  contact: string;
  /** Whether the tenant resolves the service's private DNS name. Default: true. */
  privateDns?: boolean;
}
