import { createHash } from "node:crypto";
import { tenantsOf } from "../tenants/registry-plan.ts";
import type { Tenant } from "../tenants/tenant.ts";

/** The plain part of `PrivateLinkServiceArgs`. */
export interface PrivateLinkServiceInputs {
  readonly network: { readonly region: string; readonly zoneIds: readonly string[] };
  readonly tenants: readonly Tenant[];
  readonly supportedRegions?: readonly string[];
}

/** A principal that may create endpoints. */
export interface PlannedPrincipal {
  /** Part of the logical name: the tenant, and a digest of the ARN when it is not the whole account. */
  readonly key: string;
  readonly arn: string;
}

/** What `PrivateLinkService` creates. */
export interface PrivateLinkServicePlan {
  readonly zoneIds: string[];
  readonly supportedRegions: string[];
  readonly principals: PlannedPrincipal[];
}

/** @throws PlanRefusedError naming each wrong argument */
export function privateLinkServicePlan(inputs: PrivateLinkServiceInputs): PrivateLinkServicePlan {
  const region = inputs.network.region;
  const tenants = tenantsOf(region, inputs.tenants);
  return {
    zoneIds: [...inputs.network.zoneIds],
    supportedRegions: [...new Set([region, ...(inputs.supportedRegions ?? [])])].sort(),
    principals: tenants.flatMap((tenant) =>
      tenant.principals.map((arn) => ({ key: `tenant-${tenant.name}-${principalKey(arn)}`, arn })),
    ),
  };
}

function principalKey(arn: string): string {
  return arn.endsWith(":root") ? "account" : `principal-${createHash("sha256").update(arn).digest("hex").slice(0, 8)}`;
}
