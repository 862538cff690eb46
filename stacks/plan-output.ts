import type { CostPlan, RegionPlan } from "@mrgc/components";

/**
 * A region's plan as a stack output: its subnets as `Network` takes them to keep them, the quotas to raise, and its cost,
 * which the policy `monthly-budget` reads. `sandbox plan` tells the rest.
 */
export function planOutput(plan: RegionPlan): Record<string, unknown> {
  return {
    subnets: plan.addresses.subnets.map(({ tier, zoneId, cidrBlock }) => ({ tier, zoneId, cidrBlock })),
    quotasToRaise: plan.capacity.exceeding.map(
      ({ quota, needed }) => `${quota.name}: ${needed} needed, ${quota.defaultValue ?? "unknown"} by default`,
    ),
    cost: costOutput(plan.cost),
    costAtMaximum: costOutput(plan.costAtMaximum),
  };
}

function costOutput({ knownUsdPerMonth, unknown, budgetUsdPerMonth, budgetVerdict }: CostPlan): Partial<CostPlan> {
  return {
    knownUsdPerMonth,
    unknown,
    ...(budgetUsdPerMonth === undefined ? {} : { budgetUsdPerMonth, budgetVerdict }),
  };
}
