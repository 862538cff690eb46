import { refuseAll, type Problem } from "../shared/refusal.ts";
import { sourceRangeProblem } from "../shared/source-range.ts";
import { defaultEndpointQuota, type Tenant } from "./tenant.ts";

/** A tenant with every default filled in. */
export interface RegisteredTenant {
  readonly name: string;
  readonly accountId: string;
  readonly principals: readonly string[];
  readonly cidrBlocks: readonly string[];
  readonly regions: readonly string[];
  readonly endpointRegions: readonly string[];
  /** Empty when the tenant did not say. */
  readonly zoneIds: readonly string[];
  readonly endpointQuota: number;
  readonly contact: string;
  readonly privateDns: boolean;
}

const tenantName = /^[a-z][a-z0-9-]{0,23}$/;
const accountNumber = /^\d{12}$/;
const principalArn = /^arn:aws[a-z-]*:iam::(\d{12}):(root|user\/.+|role\/.+)$/;
const mailAddress = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;
const zoneId = /^[a-z]+\d-az\d+$/;

/**
 * Checks the registry and fills in its defaults, in the order given. What follows from a tenant depends on that tenant
 * alone, so the order never matters.
 *
 * @param path where the list stands in the caller's arguments, for the error's property path
 * @throws PlanRefusedError naming each wrong field of each tenant
 */
export function tenantRegistry(tenants: readonly Tenant[], path = "tenants"): RegisteredTenant[] {
  refuseAll([
    ...tenants.flatMap((tenant, index) => tenantProblems(tenant, `${path}[${index}]`)),
    ...sharedIdentity(tenants, path),
  ]);
  return tenants.map((tenant) => ({
    name: tenant.name,
    accountId: tenant.accountId,
    principals: tenant.principals ?? [`arn:aws:iam::${tenant.accountId}:root`],
    cidrBlocks: tenant.cidrBlocks,
    regions: tenant.regions,
    endpointRegions: tenant.endpointRegions ?? tenant.regions,
    zoneIds: tenant.zoneIds ?? [],
    endpointQuota: tenant.endpointQuota ?? defaultEndpointQuota,
    contact: tenant.contact,
    privateDns: tenant.privateDns ?? true,
  }));
}

/** The tenants that may connect to a region's service. */
export function tenantsOf(region: string, tenants: readonly Tenant[], path?: string): RegisteredTenant[] {
  return tenantRegistry(tenants, path).filter((tenant) => tenant.regions.includes(region));
}

function tenantProblems(tenant: Tenant, path: string): Problem[] {
  const problems: Problem[] = [];
  const check = (holds: boolean, field: keyof Tenant, value: unknown, reason: string, mend: string): void => {
    if (!holds) {
      problems.push({ path: `${path}.${field}`, value, reason, mend });
    }
  };
  check(
    tenantName.test(tenant.name),
    "name",
    tenant.name,
    "A tenant's name is part of resource names: a lower-case letter, then at most 23 lower-case letters, digits or hyphens.",
    "Choose a short, lasting name such as `acme`.",
  );
  check(
    accountNumber.test(tenant.accountId),
    "accountId",
    tenant.accountId,
    "An AWS account has 12 digits.",
    "Quote it, so that YAML keeps leading zeros.",
  );
  for (const principal of tenant.principals ?? []) {
    check(
      principalArn.exec(principal)?.[1] === tenant.accountId,
      "principals",
      principal,
      `A principal is a user, role or root ARN of the tenant's own account ${tenant.accountId}; \`*\` would let every AWS account ask.`,
      "Name the roles that create endpoints, or leave principals out for the whole account.",
    );
  }
  check(
    tenant.principals?.length !== 0,
    "principals",
    tenant.principals,
    "A tenant without a principal cannot connect.",
    "Leave principals out for the whole account.",
  );
  check(
    tenant.cidrBlocks.length > 0,
    "cidrBlocks",
    tenant.cidrBlocks,
    "Without a range the load balancer admits nothing of the tenant.",
    "List the ranges of the tenant's VPCs.",
  );
  for (const block of tenant.cidrBlocks) {
    const problem = sourceRangeProblem(block);
    check(
      problem === undefined,
      "cidrBlocks",
      block,
      problem ?? "",
      "Write the range that the tenant's clients have, such as `10.34.0.0/16`.",
    );
  }
  check(
    tenant.regions.length > 0,
    "regions",
    tenant.regions,
    "A tenant connects to at least one region.",
    "List the regions, such as `us-east-1`.",
  );
  for (const zone of tenant.zoneIds ?? []) {
    check(
      zoneId.test(zone),
      "zoneIds",
      zone,
      "Zones are compared by ID, because `us-east-1a` is another zone in another account (correction E6).",
      "Write the ID, such as `use1-az1`.",
    );
  }
  const quota = tenant.endpointQuota ?? defaultEndpointQuota;
  check(
    Number.isInteger(quota) && quota >= 1 && quota <= 50,
    "endpointQuota",
    quota,
    "A quota is a whole number from 1 to 50, which is what a VPC may hold (quota L-29B6F2EB).",
    "Choose how many endpoints the tenant needs in a region.",
  );
  check(
    mailAddress.test(tenant.contact),
    "contact",
    tenant.contact,
    "Decisions about connections are mailed to the tenant.",
    "Write an e-mail address.",
  );
  return problems;
}

function sharedIdentity(tenants: readonly Tenant[], path: string): Problem[] {
  return (["name", "accountId"] as const).flatMap((field) => {
    const first = new Map<string, number>();
    return tenants.flatMap((tenant, index) => {
      const earlier = first.get(tenant[field]);
      if (earlier === undefined) {
        first.set(tenant[field], index);
        return [];
      }
      return {
        path: `${path}[${index}].${field}`,
        value: tenant[field],
        reason: `${path}[${earlier}] has the same ${field}, and a connection request could not be told apart.`,
        mend: "Make it one tenant with both sets of ranges and principals.",
      };
    });
  });
}
