import { describe, expect, it } from "vitest";
import { settingsOf } from "./settings-fixture.ts";
import { parseSettings, SettingsError } from "./settings.ts";

function refusal(raw: Record<string, unknown>): string {
  try {
    parseSettings("us-east-1", raw);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as Error).message;
  }
  throw new Error("accepted");
}

describe("the stacks' configuration", () => {
  it.each(["us-east-1", "us-east-2", "us-west-2"])("of %s is accepted and speaks of its own region", (stack) => {
    expect(parseSettings(stack, settingsOf(stack))).toMatchObject({ role: "region", region: stack });
  });

  it("of the global stack is accepted", () => {
    expect(parseSettings("global", settingsOf("global"))).toMatchObject({
      regions: ["us-east-1", "us-east-2", "us-west-2"],
    });
  });

  it.each([
    ["hotTier", { shards: "many" }, "mrgc:hotTier.shards", '"many"', "a whole number from 1 to 700"],
    ["hotTier", { shards: 16.5 }, "mrgc:hotTier.shards", "16.5", "a whole number from 1 to 700"],
    [
      "network",
      { cidrBlock: "10.66/18" },
      "mrgc:network.cidrBlock",
      '"10.66/18"',
      "an IPv4 range such as 10.66.0.0/18",
    ],
    ["network", { zoneIds: ["us-east-1a", "use1-az2"] }, "mrgc:network.zoneIds.0", '"us-east-1a"', "not a zone name"],
    ["gpu", { minPerZone: 0 }, "mrgc:gpu.minPerZone", "0", "a whole number from 1 to 500"],
  ])("a wrong %s is named with its value and what is allowed", (section, change, key, value, allowed) => {
    const raw = settingsOf("us-east-1");
    const message = refusal({ ...raw, [section]: { ...(raw[section] as object), ...change } });
    expect(message).toContain(`${key} is ${value}; `);
    expect(message).toContain(allowed);
    expect(message).toContain(`pulumi config set --stack us-east-1 --path '${key}'`);
  });

  it("names every mistake at once", () => {
    const message = refusal({ ...settingsOf("us-east-1"), region: "Virginia", serviceDomain: 7 });
    expect(message).toContain('mrgc:region is "Virginia"; an AWS region such as us-east-1 is allowed');
    expect(message).toContain("mrgc:serviceDomain is 7; a domain name such as inference.example.com is allowed");
  });

  it("tells a setting that does not exist", () => {
    expect(refusal({ ...settingsOf("us-east-1"), shards: 16 })).toContain("mrgc:shards is not a setting");
  });

  it("tells a setting that is missing", () => {
    const { tenants, ...rest } = settingsOf("us-east-1");
    expect(tenants).toBeDefined();
    expect(refusal(rest)).toContain("mrgc:tenants is not set");
  });

  it("tells a stack without a role", () => {
    expect(refusal({})).toContain('mrgc:role is not set; role must be "region" or "global"');
  });
});
