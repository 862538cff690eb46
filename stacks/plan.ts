import {
  assumePricesOf,
  type DisasterRecoveryPlan,
  knownPrices,
  parsePriceList,
  type PriceList,
  type RegionPlan,
  regionPlan,
  renderPlan,
  renderRecovery,
  withPrices,
} from "@mrgc/components/plans";
import { recoveryPlan } from "./recovery.ts";
import { regionPlanArgs } from "./region-plan.ts";
import { rawSettings } from "./raw-settings.ts";
import { parseSettings } from "./settings.ts";

/** What `sandbox plan` may be told. */
export interface PlanOptions {
  /** Text of a price file, whose prices go before those that are known. */
  priceFile?: string;
  /** A region whose prices are taken for those that this region lacks. */
  pricesOf?: string;
}

/** A stack's plan, as text for people and as data. */
export interface StackPlan {
  text: string;
  /** The global stack has its recovery only. */
  data: Partial<RegionPlan> & { recovery: DisasterRecoveryPlan };
}

/**
 * Plans a stack from its configuration alone: no provider and no engine is started, and no SDK is loaded.
 *
 * @param config values by full key, such as `mrgc:network`; lists and objects as JSON
 * @throws SettingsError or PlanRefusedError, which say what to mend
 */
export function plan(stack: string, config: Record<string, string>, options: PlanOptions = {}): StackPlan {
  const settings = parseSettings(stack, rawSettings("mrgc:", config));
  const recovery = recoveryPlan(settings);
  if (settings.role === "global") {
    return {
      text: `Stack ${stack} has no addresses, quotas or fleets to plan.\n${renderRecovery(recovery)}`,
      data: { recovery },
    };
  }
  const region = regionPlan(regionPlanArgs(settings), prices(settings.region, options));
  return { text: `${renderPlan(region)}${renderRecovery(recovery)}`, data: { ...region, recovery } };
}

function prices(region: string, options: PlanOptions): PriceList {
  const known =
    options.priceFile === undefined ? knownPrices() : withPrices(knownPrices(), parsePriceList(options.priceFile));
  return options.pricesOf === undefined ? known : assumePricesOf(known, options.pricesOf, region);
}
