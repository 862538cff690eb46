import type * as pulumi from "@pulumi/pulumi";
import type { NetworkPlacement } from "../network/placement.ts";
import type { Tags } from "../shared/tags.ts";
import type { Tenant } from "../tenants/tenant.ts";

/** What an endpoint service of one region needs. */
export interface PrivateLinkServiceArgs {
  /** Where the load balancers stand. */
  network: NetworkPlacement;
  /** ARNs of the Network Load Balancers behind the service. A load balancer belongs to one endpoint service only (E12). */
  nlbArns: pulumi.Input<string>[];
  /** The registry. Tenants of other regions are left out. */
  tenants: Tenant[];
  /** Further regions whose tenants may connect across regions (`serviceRegion` on their side). Default: none. */
  supportedRegions?: string[];
  /** Tags of every resource, beside `Project`, `Environment`, `Component` and `ManagedBy`. */
  tags?: Tags;
}
