import { describe, expect, it } from "vitest";
import { PlanRefusedError } from "../shared/refusal.ts";
import { planKubernetesVersion, supportWindows } from "./kubernetes-versions-plan.ts";

const november = new Date("2026-11-21T00:00:00Z");

describe("the Kubernetes version", () => {
  it("is the newest with a known window unless said", () => {
    expect(planKubernetesVersion(undefined, november)).toEqual({ version: "1.36", standardUntil: "2027-08-02" });
  });

  it("warns 90 days before its end", () => {
    // From 21 November to the end of 2 December are eleven full days.
    expect(planKubernetesVersion("1.34", november).warning).toContain(
      "on 2026-12-02, in 11 days: plan the upgrade to 1.36",
    );
    expect(planKubernetesVersion("1.35", november)).not.toHaveProperty("warning");
    expect(planKubernetesVersion("1.35", new Date("2026-12-28T00:00:00Z"))).toHaveProperty("warning");
  });

  it.each(["1.28", "1.33", "latest", ""])("refuses %j, which is not in standard support", (version) => {
    expect(() => planKubernetesVersion(version, november)).toThrow(PlanRefusedError);
  });

  it("still works on the last day and no longer on the next", () => {
    expect(planKubernetesVersion("1.34", new Date("2026-12-02T12:00:00Z")).version).toBe("1.34");
    expect(() => planKubernetesVersion("1.34", new Date("2026-12-03T00:00:00Z"))).toThrow("ended on 2026-12-02");
  });

  it("lists versions in order, each a minor above the one before", () => {
    const minors = supportWindows.map(({ version }) => Number(version.split(".")[1]));
    expect(minors).toEqual(minors.map((_, index) => (minors[0] ?? 0) + index));
  });
});
