import type { TenantRecord } from "./acceptance/decide.ts";

/** A tenant's entry in the ledger, in DynamoDB's own JSON; the acceptance function reads it as a `TenantRecord`. */
export function tenantItem(tenant: TenantRecord): string {
  const text = (value: string) => ({ S: value });
  return JSON.stringify({
    id: text(`tenant/${tenant.accountId}`),
    name: text(tenant.name),
    accountId: text(tenant.accountId),
    endpointRegions: { L: tenant.endpointRegions.map(text) },
    zoneIds: { L: tenant.zoneIds.map(text) },
    endpointQuota: { N: String(tenant.endpointQuota) },
    contact: text(tenant.contact),
  });
}
