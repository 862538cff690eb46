import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { plan } from "./plan.ts";

/** A stack's configuration as the command line hands it over: everything is text. */
function configOf(stack: string): Record<string, string> {
  const file = parse(readFileSync(new URL(`./config/Pulumi.${stack}.yaml`, import.meta.url), "utf8")) as {
    config: Record<string, unknown>;
  };
  return Object.fromEntries(
    Object.entries(file.config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

describe("plan", () => {
  it.each([
    ["us-east-1", "10.66.0.0/18"],
    ["us-east-2", "10.66.64.0/18"],
    ["us-west-2", "10.66.128.0/18"],
  ])("plans %s from its configuration in %s, all of it fitting", (stack, vpcCidrBlock) => {
    const { data, text } = plan(stack, configOf(stack));
    expect(data.addresses?.vpcCidrBlock).toBe(vpcCidrBlock);
    expect(data.addresses?.replaced).toEqual([]);
    expect(data.addresses?.subnets.every((subnet) => subnet.neededAddresses <= subnet.usableAddresses)).toBe(true);
    expect(text).toContain(`Region ${stack}\n`);
  });

  it("keeps the regions' ranges apart, so that they can be connected", () => {
    const firsts = ["us-east-1", "us-east-2", "us-west-2"].map((stack) => plan(stack, configOf(stack)).data);
    const blocks = firsts.flatMap((data) =>
      (data.addresses?.subnets ?? []).filter((subnet) => subnet.tier !== "pod").map((subnet) => subnet.cidrBlock),
    );
    expect(new Set(blocks).size).toBe(36);
  });

  it("does not know EC2's price in us-west-2 until it is told whose to take", () => {
    const unknown = (pricesOf?: string) =>
      plan("us-west-2", configOf("us-west-2"), { pricesOf }).data.cost?.unknown.filter((line) => line.includes("ec2."));
    // The three fleets, and the nodes that run the proxies' cluster.
    expect(unknown()).toHaveLength(4);
    expect(unknown("us-east-1")).toEqual([]);
  });

  it("prices the collector of metrics where the stack has one", () => {
    const withImage = configOf("us-east-1");
    const lines = (config: Record<string, string>) =>
      plan("us-east-1", config).data.cost?.lines.filter(({ driver }) => driver.startsWith("collector, "));
    // 0.04048 x 730 for one vCPU, and 4 x 0.004445 x 730 for its memory.
    expect(lines(withImage)?.map(({ usdPerMonth }) => usdPerMonth)).toEqual([29.55, 12.98]);
    expect(lines({ ...withImage, "mrgc:watch": "{}" })).toEqual([]);
  });

  it("takes prices from a file", () => {
    const priceFile = JSON.stringify({
      prices: [
        {
          key: "ec2.r6i.4xlarge",
          regions: ["us-west-2"],
          usd: 2,
          unit: "instance hour",
          source: "our agreement",
          asOf: "2026-11",
        },
      ],
    });
    const { data } = plan("us-west-2", configOf("us-west-2"), { priceFile });
    const line = data.cost?.lines.find((entry) => entry.driver.includes("r6i.4xlarge"));
    // 48 nodes x 730 hours x 2 USD.
    expect(line).toMatchObject({ usdPerMonth: 70_080, source: "our agreement" });
  });

  it("has nothing but the front door's recovery to plan for the global stack", () => {
    const { data, text } = plan("global", configOf("global"));
    expect(text).toContain("Stack global has no addresses, quotas or fleets to plan.\n");
    expect(Object.keys(data)).toEqual(["recovery"]);
    expect(data.recovery.scope).toBe("front door");
  });
});
