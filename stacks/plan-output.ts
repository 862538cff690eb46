import type { RegionPlan } from "@mrgc/components";

/** What of a region's plan is worth a stack output; `sandbox plan` tells it all. */
export function planOutput(plan: RegionPlan): Record<string, unknown> {
  return {
    subnets: Object.fromEntries(
      plan.addresses.subnets.map((subnet) => [`${subnet.tier} ${subnet.zoneId}`, subnet.cidrBlock]),
    ),
    quotasToRaise: plan.capacity.exceeding.map(
      ({ quota, needed }) => `${quota.name}: ${needed} needed, ${quota.defaultValue ?? "unknown"} by default`,
    ),
    usdPerMonth: { configured: plan.cost.knownUsdPerMonth, atMaximum: plan.costAtMaximum.knownUsdPerMonth },
    withoutPrice: plan.cost.unknown,
  };
}
