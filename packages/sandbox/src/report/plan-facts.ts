/** What a project's own plan (`plan.ts` beside its program) says, read with care: it is data of a program we do not know. */
import type { CostModel, QuotaRow } from "./model.ts";
import { records, text } from "./resource-graph.ts";

export interface PlannedSubnetFact {
  tier: string;
  zoneId: string;
  cidrBlock: string;
  holds: number;
  needs: number;
  neededFor: string;
}

export interface PlanFacts {
  subnets: PlannedSubnetFact[];
  free: string[];
  cost: CostModel | undefined;
  quotas: QuotaRow[] | undefined;
}

const record = (value: unknown): Record<string, unknown> => records(value)[0] ?? {};
const amount = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;
const words = (value: unknown): string[] => (Array.isArray(value) ? value.map(text).filter((word) => word !== "") : []);

function costOf(plan: Record<string, unknown>): CostModel | undefined {
  const { lines, knownUsdPerMonth, unknown, notCounted } = record(plan.cost);
  const known = amount(knownUsdPerMonth);
  if (known === undefined) return undefined;
  return {
    knownUsdPerMonth: known,
    maximumUsdPerMonth: amount(record(plan.costAtMaximum).knownUsdPerMonth) ?? known,
    lines: records(lines).map((line) => {
      const usdPerMonth = amount(line.usdPerMonth);
      const price = `${text(line.usdPerUnit)} USD per ${text(line.unit)}; ${text(line.source)}, ${text(line.asOf)}`;
      return {
        component: text(line.component),
        driver: text(line.driver),
        ...(usdPerMonth === undefined ? {} : { usdPerMonth }),
        note: usdPerMonth === undefined ? text(line.note) || "not known" : price,
      };
    }),
    unknown: words(unknown),
    notCounted: words(notCounted),
  };
}

function quotasOf(plan: Record<string, unknown>): QuotaRow[] | undefined {
  const { needs } = record(plan.capacity);
  if (!Array.isArray(needs)) return undefined;
  return records(needs).map((need) => {
    const quota = record(need.quota);
    const [needed, defaultValue] = [amount(need.needed), amount(quota.defaultValue)];
    return {
      name: text(quota.name),
      code: text(quota.quotaCode) || "fixed",
      verdict: text(need.verdict),
      why: text(need.why),
      ...(needed === undefined ? {} : { needed }),
      ...(defaultValue === undefined ? {} : { defaultValue }),
    };
  });
}

/** @param data what the project's `plan` returned as data */
export function planFacts(data: unknown): PlanFacts {
  const plan = record(data);
  const addresses = record(plan.addresses);
  return {
    subnets: records(addresses.subnets).map((subnet) => ({
      tier: text(subnet.tier),
      zoneId: text(subnet.zoneId),
      cidrBlock: text(subnet.cidrBlock),
      holds: amount(subnet.usableAddresses) ?? 0,
      needs: amount(subnet.neededAddresses) ?? 0,
      neededFor: text(subnet.neededFor),
    })),
    free: words(addresses.free),
    cost: costOf(plan),
    quotas: quotasOf(plan),
  };
}
