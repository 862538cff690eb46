import { describe, expect, it } from "vitest";
import { hotTierPlan } from "../hot-tier-redis/hot-tier-plan.ts";
import { postgresPlan } from "../metadata-postgres/postgres-plan.ts";
import { observabilityPlan } from "../observability/observability-plan.ts";
import { privateLinkServicePlan } from "../private-link-service/private-link-service-plan.ts";
import { proxyFleetPlan } from "../proxy-fleet/proxy-fleet-plan.ts";
import { clusterArgs } from "../regional-gpu-cluster/fixtures.ts";
import { gpuClusterPlan } from "../regional-gpu-cluster/gpu-cluster-plan.ts";
import { logRetentionProblems } from "./log-retention.ts";
import { describeProblem } from "./refusal.ts";

describe("how long logs are kept", () => {
  it("is one of CloudWatch's 22 times, and nothing between, below or above", () => {
    const taken = Array.from({ length: 4001 }, (_, days) => days).filter(
      (days) => logRetentionProblems(days).length === 0,
    );
    // PutRetentionPolicy in the API reference of CloudWatch Logs.
    expect(taken).toEqual([
      1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ]);
    for (const days of [-1, 0.5, 30.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(logRetentionProblems(days), String(days)).toHaveLength(1);
    }
    expect(logRetentionProblems(undefined)).toEqual([]);
  });

  it("says the argument, what was given, what is allowed, and the next time that keeps as much", () => {
    const [problem] = logRetentionProblems(45);
    expect(describeProblem(problem!)).toMatch(
      /^logRetentionDays: .*: 1, 3, 5, .*, 3653 days \(got 45\)\. .* such as 60\.$/,
    );
    expect(logRetentionProblems(4000)[0]?.mend).toContain("3653");
  });

  const network = clusterArgs.network!;
  const plans: Record<string, (logRetentionDays: number) => unknown> = {
    HotTierRedis: (logRetentionDays) => hotTierPlan("hot-tier", { network, logRetentionDays }),
    MetadataPostgres: (logRetentionDays) => postgresPlan({ network, logRetentionDays }),
    Observability: (logRetentionDays) => observabilityPlan("watch", { network, logRetentionDays }),
    PrivateLinkService: (logRetentionDays) =>
      privateLinkServicePlan({ network, nlbArns: ["arn"], tenants: clusterArgs.tenants, logRetentionDays }),
    ProxyFleet: (logRetentionDays) => proxyFleetPlan({ network, logRetentionDays }, new Date("2026-11-21")),
    RegionalGpuCluster: (logRetentionDays) => gpuClusterPlan("use1", { ...clusterArgs, logRetentionDays }),
  };
  it.each(Object.entries(plans))("is checked by %s before anything exists", (_, plan) => {
    expect(() => plan(45)).toThrow("logRetentionDays");
    expect(() => plan(30)).not.toThrow();
  });
});
