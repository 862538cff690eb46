import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../shared/tags.ts";
import type { TenantVpc } from "./args.ts";
import type { CreatedEndpoint } from "./endpoints.ts";
import type { TenantEndpointPlan } from "./tenant-endpoint-plan.ts";

/** What the parts of a `TenantEndpoint` are made from. */
export interface Scope {
  /** The component's name, which every logical name begins with. */
  name: string;
  plan: TenantEndpointPlan;
  /** The tenant's networks by region. */
  networks: Map<string, TenantVpc>;
  /** The endpoints by key, as far as they are made. */
  endpoints: Map<string, CreatedEndpoint>;
  tags: Tags;
  parent: pulumi.Resource;
}
