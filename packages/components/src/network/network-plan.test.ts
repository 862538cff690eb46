import { describe, expect, it } from "vitest";
import { planNetwork } from "./network-plan.ts";

const args = { region: "us-east-1", zoneIds: ["use1-az1", "use1-az2"], cidrBlock: "10.66.0.0/18" };

describe("planNetwork", () => {
  it("has addresses for every endpoint", () => {
    const plan = planNetwork({ ...args, interfaceEndpoints: ["sts", "rds"] });
    expect(plan.interfaceEndpoints).toEqual(["sts", "rds"]);
    expect(plan.addresses.subnets.find((subnet) => subnet.tier === "endpoint")?.neededAddresses).toBe(2);
    expect(planNetwork(args).interfaceEndpoints).toHaveLength(14);
  });

  it("refuses endpoints that are listed twice or by another name", () => {
    const interfaceEndpoints = ["sts", "ecr.api", "sts", "com.amazonaws.us-east-1.kms"];
    expect(() => planNetwork({ ...args, interfaceEndpoints })).toThrow(
      /interfaceEndpoints\[2\]: is listed twice .*\ninterfaceEndpoints\[3\]: is not the short name of an AWS service/,
    );
  });
});
