import { hoursPerMonth, type Price, type PriceList, priceOf } from "./price-list.ts";

/** One line of a cost plan. */
export interface CostLine {
  /** Part of the region, such as `cache`. */
  component: string;
  /** What costs, such as `48 x r6i.4xlarge`. */
  driver: string;
  /** How many units a month; `undefined` when the plan was not told. */
  quantity?: number;
  /** What one unit is, such as `instance hour`. */
  unit: string;
  /** USD a unit, before tax; left out when the price is not known. */
  usdPerUnit?: number;
  /** USD a month; `undefined` when the price or the quantity is not known. */
  usdPerMonth?: number;
  /** Where the price is from, and when it was read there. */
  source?: string;
  /** When the price was read, `YYYY-MM` or `YYYY-MM-DD`. */
  asOf?: string;
  /** Why there is no amount, or what was assumed. */
  note?: string;
}

/** Collects the lines of one region's costs from a price list. */
export class CostBook {
  readonly region: string;
  readonly prices: PriceList;
  readonly lines: CostLine[] = [];

  constructor(region: string, prices: PriceList) {
    this.region = region;
    this.prices = prices;
  }

  /** Something billed by the hour, all month. */
  hours(component: string, driver: string, count: number, key: string): void {
    this.add(component, driver, count * hoursPerMonth, key);
  }

  /** Something billed by the month, or by the GB of a month. */
  months(component: string, driver: string, quantity: number | undefined, key: string): void {
    this.add(component, driver, quantity, key);
  }

  /** The price of a key in this region. */
  price(key: string): Price | undefined {
    return priceOf(this.prices, key, this.region);
  }

  /**
   * A line with a price of its own, such as one with a discount. Without a price or a quantity it has no amount, and its
   * note says why.
   */
  line(line: CostLine): void {
    const { quantity, usdPerUnit } = line;
    const known = quantity !== undefined && usdPerUnit !== undefined;
    this.lines.push(known ? { ...line, usdPerMonth: Math.round(quantity * usdPerUnit * 100) / 100 } : line);
  }

  private add(component: string, driver: string, quantity: number | undefined, key: string): void {
    if (quantity === 0) {
      return;
    }
    const price = this.price(key);
    this.line({
      component,
      driver,
      quantity,
      unit: price?.unit ?? key,
      ...(price === undefined
        ? { note: `the price of ${key} in ${this.region} is not known` }
        : { usdPerUnit: price.usd, source: price.source, asOf: price.asOf }),
      ...(quantity === undefined ? { note: "how much there is was not said" } : {}),
    });
  }
}
