import { type AddressPlan, totalAddresses } from "../network/address-plan.ts";
import { type CapacityPlan, QuotaVerdict } from "./capacity-plan.ts";
import type { CostLine } from "./cost-book.ts";
import type { CostPlan } from "./cost-plan.ts";
import type { RegionPlan } from "./region-plan.ts";
import { section, table } from "./text-table.ts";

/** A region's plan as text for people: addresses, quotas that matter, cost now and at the maximum. */
export function renderPlan(plan: RegionPlan): string {
  return [
    `Region ${plan.region}`,
    ...section("Addresses", renderAddresses(plan.addresses)),
    ...section("Quotas", renderCapacity(plan.capacity)),
    ...section("Cost of what runs at first", renderCost(plan.cost)),
    ...section("Cost with every fleet at its maximum", renderCost(plan.costAtMaximum)),
    "",
  ].join("\n");
}

function renderAddresses(plan: AddressPlan): string[] {
  const rows = plan.subnets.map((subnet) => [
    subnet.zoneId,
    subnet.tier,
    subnet.cidrBlock,
    String(subnet.neededAddresses),
    String(subnet.usableAddresses),
    subnet.neededFor,
  ]);
  return [
    `VPC ${plan.vpcCidrBlock}${plan.podCidrBlock === undefined ? "" : `, pods ${plan.podCidrBlock}`}, room for ${plan.maxZones} zones`,
    ...table(["zone", "tier", "range", "needs", "holds", "for"], rows),
    `free: ${plan.free.join(", ") || "nothing"} (${totalAddresses(plan.free)} addresses)`,
    ...plan.replaced.map(({ from, to }) => `replaces ${from.cidrBlock} by ${to?.cidrBlock ?? "nothing"}`),
  ];
}

function renderCapacity(plan: CapacityPlan): string[] {
  const shown = plan.needs.filter((need) => need.verdict !== QuotaVerdict.Fits);
  const rows = shown.map(({ quota, needed, why, verdict }) => [
    verdict,
    quota.name,
    quota.quotaCode ?? "fixed",
    needed?.toLocaleString("en-US") ?? "not known",
    quota.defaultValue?.toLocaleString("en-US") ?? "not known",
    why,
  ]);
  return [
    `${plan.needs.length - shown.length} of ${plan.needs.length} fit the defaults of a new account; the others:`,
    ...table(["", "quota", "code", "needs", "default", "because"], rows),
  ];
}

function renderCost(plan: CostPlan): string[] {
  const sources = [...new Set(plan.lines.flatMap((line) => (line.source === undefined ? [] : [sourceOf(line)])))];
  const rows = plan.lines.map((line) => [
    line.component,
    line.driver,
    line.usdPerMonth === undefined ? "not known" : usd(line.usdPerMonth),
    line.usdPerMonth === undefined
      ? (line.note ?? "")
      : `${line.usdPerUnit} per ${line.unit} [${sources.indexOf(sourceOf(line)) + 1}]`,
  ]);
  const whole = plan.unknown.length === 0 ? "" : ` at least: ${plan.unknown.length} lines are not known`;
  return [
    ...table(["component", "driver", "USD a month", "price"], rows),
    `sum ${usd(plan.knownUsdPerMonth)} USD a month${whole}`,
    ...(plan.budgetUsdPerMonth === undefined
      ? []
      : [`budget ${usd(plan.budgetUsdPerMonth)} USD a month: ${plan.budgetVerdict}`]),
    `not counted: ${plan.notCounted.join(", ")}`,
    ...sources.map((source, index) => `[${index + 1}] ${source}`),
  ];
}

function sourceOf(line: CostLine): string {
  return `${line.source}, ${line.asOf}`;
}

function usd(amount: number): string {
  return amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
