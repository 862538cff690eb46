import { collectorTask } from "../observability/collector-plan.ts";
import { instanceCosts, volumeCosts } from "./cost-of-fleets.ts";
import { loadBalancerCosts, networkCosts, trafficCosts } from "./cost-of-network.ts";
import { CostBook, type CostLine } from "./cost-book.ts";
import { systemFleet } from "./fleet-sizes.ts";
import { knownPrices, type PriceList } from "./price-list.ts";
import type { FleetSize, RegionPlanArgs } from "./region-plan-args.ts";

/** How much of each fleet is priced. */
export const CostSize = {
  /** What runs when the stack is up. */
  Configured: "configured",
  /** Every fleet at its maximum. */
  Maximum: "maximum",
} as const;
export type CostSize = (typeof CostSize)[keyof typeof CostSize];

/** What a region's budget says to the plan. */
export const BudgetVerdict = {
  /** Everything is known, and the sum is within the budget. */
  Within: "within",
  /** What is known is already more than the budget. */
  Over: "over",
  /** What is known fits, but some prices or quantities are not known. */
  Unknown: "unknown",
} as const;
export type BudgetVerdict = (typeof BudgetVerdict)[keyof typeof BudgetVerdict];

/** What a region costs in a month. */
export interface CostPlan {
  /** AWS region. */
  region: string;
  /** How much of each fleet was priced. */
  size: CostSize;
  /** What costs, a line each. */
  lines: CostLine[];
  /** Sum of the lines that are known, USD: the region costs at least this. */
  knownUsdPerMonth: number;
  /** What is not known, in words. Empty when the sum is the whole. */
  unknown: string[];
  /** What this plan does not price at all. */
  notCounted: string[];
  /** The budget that was given, USD a month. */
  budgetUsdPerMonth?: number;
  /** How the sum compares with it; left out without a budget. */
  budgetVerdict?: BudgetVerdict;
}

const notCounted = [
  "tax",
  "support",
  "S3 and snapshots",
  "logs and metrics",
  "KMS",
  "public IPv4 addresses",
  "traffic between regions",
];

/**
 * Prices a region by component and driver. A line whose price or quantity is not known has no amount, and the plan
 * names it; it is never counted as zero.
 */
export function planCost(args: RegionPlanArgs, size: CostSize, endpoints: number, list?: PriceList): CostPlan {
  const book = new CostBook(args.region, list ?? knownPrices());
  const count = (fleet: FleetSize) => (size === CostSize.Configured ? fleet.instances : fleet.maxInstances);
  const purchase = args.purchase ?? {};
  for (const [component, fleet, bought] of [
    ["cache", args.cache, purchase],
    ["proxies", args.proxies, purchase],
    ["system nodes", systemFleet(args), { ...purchase, spotShare: 0 }],
    ["gpu", args.gpu, purchase],
  ] as const) {
    if (fleet !== undefined && count(fleet) > 0) {
      instanceCosts(book, component, fleet, count(fleet), bought);
      volumeCosts(book, component, fleet, count(fleet));
    }
  }
  if (args.proxies !== undefined) {
    book.hours("proxies", "EKS control plane", 1, "eks.cluster");
  }
  if (args.router !== undefined) {
    const tasks = size === CostSize.Configured ? args.router.tasks : args.router.maxTasks;
    book.hours("router", "Fargate vCPU", tasks * args.router.vcpuPerTask, "fargate.vcpu");
    book.hours("router", "Fargate memory", tasks * args.router.memoryGibPerTask, "fargate.gib");
  }
  if (args.collector === true) {
    book.hours("observability", "collector, Fargate vCPU", collectorTask.vcpus, "fargate.vcpu");
    book.hours("observability", "collector, Fargate memory", collectorTask.memoryGib, "fargate.gib");
  }
  if (args.database !== undefined) {
    const { instances, instanceClass, storageGib } = args.database;
    book.hours("database", `${instances} x ${instanceClass}`, instances, `rds.${instanceClass}`);
    book.months("database", "gp3 storage", instances * storageGib, "rds.gp3.gib");
  }
  networkCosts(book, args, endpoints);
  loadBalancerCosts(book, args);
  trafficCosts(book, args.traffic ?? {});
  return {
    region: args.region,
    size,
    ...sumOf(book.lines),
    notCounted,
    ...budgetOf(args.budgetUsdPerMonth, book.lines),
  };
}

function sumOf(lines: CostLine[]): Pick<CostPlan, "lines" | "knownUsdPerMonth" | "unknown"> {
  return {
    lines,
    knownUsdPerMonth: cents(lines.reduce((sum, line) => sum + (line.usdPerMonth ?? 0), 0)),
    unknown: lines
      .filter((line) => line.usdPerMonth === undefined)
      .map((line) => `${line.component}: ${line.driver} (${line.note ?? "price not known"})`),
  };
}

function budgetOf(
  budgetUsdPerMonth: number | undefined,
  lines: CostLine[],
): Pick<CostPlan, "budgetUsdPerMonth" | "budgetVerdict"> {
  if (budgetUsdPerMonth === undefined) {
    return {};
  }
  const { knownUsdPerMonth, unknown } = sumOf(lines);
  const fits = unknown.length === 0 ? BudgetVerdict.Within : BudgetVerdict.Unknown;
  return { budgetUsdPerMonth, budgetVerdict: knownUsdPerMonth > budgetUsdPerMonth ? BudgetVerdict.Over : fits };
}

function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
