import fc from "fast-check";
import type { Tenant } from "./tenant.ts";

const regions = ["us-east-1", "us-east-2", "us-west-2"];

/** A tenant as somebody might register it; for property tests. */
export function aTenant(): fc.Arbitrary<Tenant> {
  return fc
    .record({
      name: fc.stringMatching(/^[a-z][a-z0-9-]{0,23}$/),
      account: fc.integer({ min: 0, max: 999_999_999_999 }),
      roles: fc.option(
        fc.uniqueArray(fc.stringMatching(/^[A-Za-z][A-Za-z0-9/]{0,15}$/), { minLength: 1, maxLength: 3 }),
      ),
      // Few ranges, so that tenants share some: private addresses of different companies collide.
      cidrBlocks: fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 3 }),
      regions: fc.subarray(regions, { minLength: 1 }),
      endpointQuota: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
      privateDns: fc.option(fc.boolean(), { nil: undefined }),
    })
    .map(({ account, roles, cidrBlocks, ...rest }) => {
      const accountId = String(account).padStart(12, "0");
      return {
        ...rest,
        accountId,
        cidrBlocks: cidrBlocks.map((second) => `10.${second}.0.0/16`),
        contact: `net@${rest.name}.example`,
        ...(roles === null ? {} : { principals: roles.map((role) => `arn:aws:iam::${accountId}:role/${role}`) }),
      };
    });
}

/** A registry of one to six tenants with different names and accounts. */
export function aRegistry(): fc.Arbitrary<Tenant[]> {
  return fc
    .uniqueArray(aTenant(), { minLength: 1, maxLength: 6, selector: ({ name }) => name })
    .filter((tenants) => new Set(tenants.map(({ accountId }) => accountId)).size === tenants.length);
}
