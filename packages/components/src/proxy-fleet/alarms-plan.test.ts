import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fleetAlarms } from "./alarms-plan.ts";
import { proxyFleetPlan } from "./proxy-fleet-plan.ts";

const network = { region: "us-east-1", zoneIds: ["use1-az1", "use1-az2", "use1-az4"] };
const alarms = fleetAlarms(proxyFleetPlan({ network }, new Date("2026-11-21")));

describe("the fleet's alarms", () => {
  it("each have a section in the runbook", () => {
    const page = readFileSync(join(import.meta.dirname, "../../../../docs/runbooks/proxy-fleet.md"), "utf8");
    const headings = page.split("\n").filter((line) => line.startsWith("## "));
    expect(headings).toEqual(expect.arrayContaining(alarms.map(({ key }) => `## ${key}`)));
  });

  it("leave room for a rollout and a node upgrade at once", () => {
    // 48 over three zones are 16 each: a tenth for each of the two is 4 (rounded up), three quarters are 12.
    expect(alarms.find(({ key }) => key === "few-proxies")?.threshold).toBe(12);
    // 1,000 over three zones: a tenth of 334.
    expect(alarms.find(({ key }) => key === "unhealthy-proxies")?.threshold).toBe(34);
  });
});
