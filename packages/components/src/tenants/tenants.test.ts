import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aRegistry } from "./generated.ts";
import { tenantRegistry, tenantsOf } from "./registry-plan.ts";
import { tenantRules } from "./tenant-rules-plan.ts";
import type { Tenant } from "./tenant.ts";

const acme: Tenant = {
  name: "acme",
  accountId: "111122223333",
  cidrBlocks: ["10.34.0.0/16"],
  regions: ["us-east-1", "us-west-2"],
  contact: "net@acme.example",
};
const globex: Tenant = { ...acme, name: "globex", accountId: "444455556666" };

describe("the registry", () => {
  test("fills in what a tenant leaves out", () => {
    expect(tenantRegistry([acme])).toEqual([
      {
        ...acme,
        principals: ["arn:aws:iam::111122223333:root"],
        endpointRegions: ["us-east-1", "us-west-2"],
        zoneIds: [],
        endpointQuota: 3,
        privateDns: true,
      },
    ]);
  });

  test("a tenant is one of the regions that it names", () => {
    expect(tenantsOf("us-west-2", [acme]).map(({ name }) => name)).toEqual(["acme"]);
    expect(tenantsOf("us-east-2", [acme])).toEqual([]);
  });

  test.each<[string, Partial<Tenant>, RegExp]>([
    ["a name that is no part of a resource's", { name: "Acme Inc." }, /^tenants\[0\]\.name: /],
    ["an account with a lost zero", { accountId: "11122223333" }, /^tenants\[0\]\.accountId: /],
    [
      "everybody as principal",
      { principals: ["*"] },
      /^tenants\[0\]\.principals: .*`\*` would let every AWS account ask/,
    ],
    ["somebody else's principal", { principals: ["arn:aws:iam::999999999999:role/x"] }, /^tenants\[0\]\.principals: /],
    ["no principal at all", { principals: [] }, /^tenants\[0\]\.principals: /],
    ["no range", { cidrBlocks: [] }, /^tenants\[0\]\.cidrBlocks: /],
    ["the whole internet", { cidrBlocks: ["0.0.0.0/0"] }, /4294967296 addresses/],
    ["a range that EC2 would change", { cidrBlocks: ["10.0.10.0/20"] }, /would silently take 10\.0\.0\.0\/20/],
    ["no range but a word", { cidrBlocks: ["10.34.0.0"] }, /^tenants\[0\]\.cidrBlocks: A range is/],
    ["no region", { regions: [] }, /^tenants\[0\]\.regions: /],
    ["a zone's name", { zoneIds: ["us-east-1a"] }, /^tenants\[0\]\.zoneIds: .*another zone in another account/],
    ["no endpoint", { endpointQuota: 0 }, /^tenants\[0\]\.endpointQuota: /],
    ["a telephone", { contact: "555-0100" }, /^tenants\[0\]\.contact: /],
  ])("refuses %s", (_what, change, message) => {
    expect(() => tenantRegistry([{ ...acme, ...change }])).toThrow(message);
  });

  test("refuses two tenants of one name or account, naming both", () => {
    expect(() => tenantRegistry([acme, { ...globex, name: "acme" }])).toThrow(/tenants\[1\]\.name: tenants\[0\]/);
    expect(() => tenantRegistry([acme, { ...globex, accountId: acme.accountId }])).toThrow(
      /tenants\[1\]\.accountId: tenants\[0\]/,
    );
  });

  test("tells every problem at once", () => {
    const wrong = { ...acme, name: "?", contact: "?" };
    expect(() => tenantRegistry([wrong])).toThrow(/name[\s\S]*contact/);
  });
});

describe("the load balancer's rules", () => {
  test("are one for each range and port, whoever has the range", () => {
    expect(tenantRules([acme, globex], "us-east-1").map(({ key, cidrIpv4, port }) => [key, cidrIpv4, port])).toEqual([
      ["10-34-0-0-16-443", "10.34.0.0/16", 443],
      ["10-34-0-0-16-8080", "10.34.0.0/16", 8080],
    ]);
  });

  test("of a tenant that goes stay while another has the same range", () => {
    expect(tenantRules([globex], "us-east-1")).toEqual(tenantRules([acme, globex], "us-east-1"));
    expect(tenantRules([globex], "us-east-2")).toEqual([]);
  });

  test("more than a security group holds are refused with the numbers", () => {
    const cidrBlocks = Array.from({ length: 31 }, (_, index) => `10.${index}.0.0/16`);
    expect(() => tenantRules([{ ...acme, cidrBlocks }], "us-east-1")).toThrow(/31 ranges.*62 rules.*holds 60/);
    expect(tenantRules([{ ...acme, cidrBlocks }], "us-east-1", { rulesPerSecurityGroup: 62 })).toHaveLength(62);
  });

  test("admit every tenant's range on every port exactly once, in any order of the registry", () => {
    fc.assert(
      fc.property(aRegistry(), (tenants) => {
        const rules = tenantRules(tenants, "us-west-2");
        const wanted = new Set<string>();
        for (const tenant of tenants) {
          for (const cidr of tenant.regions.includes("us-west-2") ? tenant.cidrBlocks : []) {
            wanted.add(`${cidr} 443`).add(`${cidr} 8080`);
          }
        }
        expect(rules.map(({ cidrIpv4, port }) => `${cidrIpv4} ${port}`).sort()).toEqual([...wanted].sort());
        expect(tenantRules(tenants.toReversed(), "us-west-2")).toEqual(rules);
      }),
    );
  });
});
