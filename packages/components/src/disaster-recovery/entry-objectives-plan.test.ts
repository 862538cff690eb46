import { describe, expect, it } from "vitest";
import { Failure } from "./args.ts";
import { objective, secondsOf, testRegion } from "./fixtures.ts";
import { disasterRecoveryPlan } from "./recovery-plan.ts";

describe("the way in", () => {
  it("is back when checks, names and resolvers have had their time", () => {
    expect(secondsOf(Failure.Node, "GPU host").rto).toBe(2 * 5 + 2 + 5);
    expect(secondsOf(Failure.Node, "router").rto).toBe(2 * 10 + 5 + 5);
    expect(secondsOf(Failure.Node, "proxy").rto).toBe(2 * 10 + 5 + 5);
    expect(secondsOf(Failure.Zone, "private tenants")).toMatchObject({ rto: 30 + 60 + 5, usual: 2 * 10 + 5 + 5 });
    expect(secondsOf(Failure.Region, "private tenants").rto).toBe(100 + 15 + 60 + 5);
    // One good look of a minute's two, then a whole minute of bad ones.
    expect(secondsOf(Failure.Region, "private tenants", { probeIntervalSeconds: 30 }).rto).toBe(120 + 15 + 60 + 5);
  });

  it("takes the checks' time where names are quicker", () => {
    const quick = { times: { zoneLeavesName: 1, dnsTtl: 2 } };
    expect(secondsOf(Failure.Zone, "private tenants", quick).rto).toBe(2 * 10 + 5 + 5);
  });

  it("names tenants that nothing leads elsewhere", () => {
    const stranded = objective(Failure.Region, "private tenants of one region");
    expect([stranded.effect, stranded.rto]).toEqual(["down: alone", undefined]);
    const all = disasterRecoveryPlan({
      ...testRegion,
      tenants: [{ name: "alone", regions: ["us-east-1"] }],
    }).objectives;
    expect(all.filter(({ failure, part }) => failure === Failure.Region && part.includes("tenants"))).toHaveLength(1);
  });

  it("needs a person for keys, for KMS and for a gateway", () => {
    expect(secondsOf(Failure.Key, "attested key").rto).toBe(300 + 300);
    expect(secondsOf(Failure.KeyService, "attested key").rto).toBe(300 + 100 + 15 + 60 + 5);
    expect(secondsOf(Failure.Gateway, "NAT").rto).toBe(300 + 300);
    // Its alarm waits for three minutes in a row.
    expect(secondsOf(Failure.Key, "hot tier's key").rto).toBe(180 + 300 + 300);
  });
});
