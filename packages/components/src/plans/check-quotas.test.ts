import { describe, expect, it } from "vitest";
import { recorded } from "../testing/recorded.ts";
import { checkQuotas } from "./check-quotas.ts";
import { regionPlan } from "./region-plan.ts";
import type { RegionPlanArgs } from "./region-plan-args.ts";

const args: RegionPlanArgs = {
  region: "us-east-1",
  zoneIds: ["use1-az1", "use1-az2", "use1-az4"],
  vpcCidrBlock: "10.66.0.0/18",
  gpu: { instanceType: "g6e.2xlarge", instances: 3, maxInstances: 12 },
};

/** An account that has these quotas, and the defaults of the rest. */
function account(values: Record<string, number>) {
  const asked: string[] = [];
  const calls = {
    "aws:servicequotas/getServiceQuota:getServiceQuota": (inputs: Record<string, unknown>) => {
      asked.push(String(inputs.quotaCode));
      return { value: values[String(inputs.quotaCode)] ?? 1000 };
    },
  };
  return { asked, calls };
}

async function check(plan: RegionPlanArgs, values: Record<string, number>) {
  const { asked, calls } = account(values);
  const { result } = await recorded(
    () => checkQuotas(regionPlan(plan).capacity, { readApplied: true, region: "us-east-1" }).catch((error) => error),
    { calls },
  );
  return { asked, outcome: (await result) as unknown };
}

describe("checkQuotas", () => {
  it("refuses what the account lacks, with the command that asks for it", async () => {
    const { outcome } = await check(args, { "L-DB2E81BA": 64 });
    expect(String(outcome)).toContain(
      "On-Demand G and VT vCPU (L-DB2E81BA): needs 96, has 64 (12 x g6e.2xlarge of 8). Ask for it: " +
        "aws service-quotas request-service-quota-increase --region us-east-1 --service-code ec2 --quota-code L-DB2E81BA --desired-value 96",
    );
  });

  it("is content with an account that has enough, and asks only about what could be too small", async () => {
    const { asked, outcome } = await check(args, { "L-DB2E81BA": 96 });
    expect(outcome).toEqual([]);
    // GPU vCPU exceeds the default; the defaults of Elastic IPs and routes are not verified.
    expect(asked.sort()).toEqual(["L-0263D0A3", "L-93826ACB", "L-DB2E81BA"]);
  });

  it("refuses a limit that nobody can raise whatever the account has", async () => {
    const { outcome } = await check(
      { ...args, loadBalancers: { publicNetworkLoadBalancers: 1, maxTargets: 1000, crossZone: true } },
      { "L-DB2E81BA": 96 },
    );
    expect(String(outcome)).toMatch(/cross-zone on: needs 1000, has 500 .* This limit is fixed: change the plan\./);
  });

  it("only tells what a new account lacks without credentials", async () => {
    const { result } = await recorded(() => checkQuotas(regionPlan(args).capacity));
    expect((await result).map((need) => need.quota.quotaCode)).toEqual(["L-DB2E81BA"]);
  });
});
