import { describe, expect, it } from "vitest";
import { regionPlan } from "./region-plan.ts";
import type { RegionPlanArgs } from "./region-plan-args.ts";
import { renderPlan } from "./render.ts";

const args: RegionPlanArgs = {
  region: "us-east-1",
  zoneIds: ["use1-az1", "use1-az2"],
  vpcCidrBlock: "10.66.0.0/18",
  cache: { instanceType: "r6i.4xlarge", instances: 6, maxInstances: 30 },
  traffic: { crossZoneGb: 10, internetEgressGb: 0, natGb: 0, endpointGb: 0 },
  budgetUsdPerMonth: 5000,
};

describe("regionPlan", () => {
  it("is plain data that survives a round trip", () => {
    const plan = regionPlan(args);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it("prices the same fleets that it has addresses and quotas for", () => {
    const plan = regionPlan(args);
    expect(plan.addresses.subnets.find((subnet) => subnet.tier === "data")?.neededFor).toBe(
      "19 cache nodes while they are replaced",
    );
    // 30 x 16, and two stand-ins in each of two groups of 15.
    expect(plan.capacity.exceeding.map((need) => [need.quota.key, need.needed])).toEqual([["standard-vcpu", 544]]);
    // 6 and 30 x 1.008 x 730; two NAT gateways 65.70; 14 endpoints in two zones 204.40; 2 x 10 GB 0.20.
    expect(plan.cost.knownUsdPerMonth).toBe(4685.34);
    expect(plan.costAtMaximum.knownUsdPerMonth).toBe(22_345.5);
    expect([plan.cost.budgetVerdict, plan.costAtMaximum.budgetVerdict]).toEqual(["within", "over"]);
  });

  it("refuses an instance type that it does not know", () => {
    expect(() => regionPlan({ ...args, cache: { instanceType: "r6i.4xl", instances: 1, maxInstances: 1 } })).toThrow(
      /is not one of the 256 instance types whose figures are known/,
    );
  });
});

describe("zones", () => {
  const gpu = { instanceType: "g6e.2xlarge", instances: 1, maxInstances: 1 };

  it("must offer the fleets' types (E6)", () => {
    expect(() => regionPlan({ ...args, zoneIds: ["use1-az1", "use1-az3", "use1-az5"], gpu })).toThrow(
      /gpu\.instanceType: is not offered in use1-az3, use1-az5 .* offered in use1-az1, use1-az2, use1-az4, use1-az6/,
    );
    expect(regionPlan({ ...args, region: "eu-west-1", zoneIds: ["euw1-az1", "euw1-az2"], gpu }).region).toBe(
      "eu-west-1",
    );
  });

  it("must be the region's own", () => {
    expect(() => regionPlan({ ...args, zoneIds: ["use1-az1", "use2-az2"] })).toThrow(
      /zoneIds\[1\]: is no zone of us-east-1, whose zones are called use1-az1 and so on \(got "use2-az2"\)/,
    );
  });
});

describe("renderPlan", () => {
  const text = renderPlan(regionPlan(args));

  it("shows every subnet with what it holds and what for", () => {
    expect(text).toMatch(/use1-az1\s+data\s+10\.66\.8\.0\/22\s+19\s+1019\s+19 cache nodes/);
    expect(text).toContain("free: 10.66.14.0/23, 10.66.30.0/23, 10.66.32.0/19 (9216 addresses)");
  });

  it("shows the quotas that a new account lacks", () => {
    expect(text).toMatch(/exceeds\s+On-Demand Standard vCPU\s+L-1216C47A\s+544\s+5\s+30 x r6i\.4xlarge of 16/);
  });

  it("shows amounts with their prices, and sources below", () => {
    expect(text).toMatch(/cache\s+6 x r6i\.4xlarge\s+4,415\.04\s+1\.008 per instance hour \[1\]/);
    expect(text).toMatch(/\[1\] Karpenter's copy of the public EC2 price list, Linux on demand, 2026-07-20/);
    expect(text).toContain("sum 4,685.34 USD a month\n");
    expect(text).toContain("budget 5,000.00 USD a month: within");
  });
});
