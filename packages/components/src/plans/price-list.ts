import { instanceTypes } from "../shared/instance-types.ts";
import type { Commitment } from "./purchase.ts";

/** One price, and where it was read. */
export interface Price {
  /** Such as `ec2.r6i.4xlarge` or `nat-gateway.hour`. */
  key: string;
  /** Regions that it is the price of. */
  regions: string[];
  /** USD for one unit, before tax. */
  usd: number;
  /** What one costs that much, such as `instance hour`. */
  unit: string;
  /** Who says so. */
  source: string;
  /** When it was read there, `YYYY-MM` or `YYYY-MM-DD`. */
  asOf: string;
}

/** How much less a commitment costs than on demand. */
export interface Discount {
  /** The commitment that earns it. */
  commitment: Commitment;
  /** Part of the on-demand price that is saved, 0 to 1. */
  fraction: number;
  /** Who says so. */
  source: string;
  /** When it was read there, `YYYY-MM` or `YYYY-MM-DD`. */
  asOf: string;
}

/** Prices and discounts that a cost plan is made with. What is not in it is not known. */
export interface PriceList {
  /** Prices on demand, each with its regions. */
  prices: Price[];
  /** What commitments save of them. */
  discounts: Discount[];
}

/** Hours of a month as AWS' calculator counts them. */
export const hoursPerMonth = 730;

const threeRegions = ["us-east-1", "us-east-2", "us-west-2"];
const memo = { source: "source document MEMO-077, where nothing corrects it", asOf: "2025-11-16" };
const privateLink = { source: "source document PrivateLink Architecture", asOf: "2025-01-28" };
const accelerator = { source: "AWS Global Accelerator pricing page, stored copy", asOf: "2026-08" };
const fargate = { source: "AWS Fargate pricing page, as quoted by wring.co", asOf: "2026-03-10" };
const gp3 = { source: "rates behind correction E39, not verified against AWS", asOf: "2026-08" };
const rds = { source: "AWS RDS pricing page, as quoted by usage.ai", asOf: "2026-06" };
const publicTable = { source: "Karpenter's copy of the public EC2 price list, Linux on demand", asOf: "2026-07-20" };

const price = (
  key: string,
  usd: number,
  unit: string,
  from: { source: string; asOf: string },
  regions = threeRegions,
): Price => ({ key, regions, usd, unit, ...from });

/**
 * Every price that is known without asking AWS. Commitment discounts are not among them: the 49 % of the source document
 * could not be verified, and its "reserved" prices are half of another type's on-demand price (correction E23).
 */
export function knownPrices(): PriceList {
  return {
    prices: [
      ...instanceTypes().flatMap((type) =>
        type.onDemandUsdPerHourUsEast1 === undefined
          ? []
          : [price(`ec2.${type.type}`, type.onDemandUsdPerHourUsEast1, "instance hour", publicTable, ["us-east-1"])],
      ),
      price("ebs.gp3.gib", 0.08, "GiB month", memo),
      price("ebs.gp3.iops", 0.005, "IOPS month above 3,000", gp3),
      price("ebs.gp3.throughput", 0.04, "MB/s month above 125", gp3),
      price("eks.cluster", 0.1, "cluster hour", memo),
      price("nat-gateway.hour", 0.045, "gateway hour", memo),
      price("nat-gateway.gb", 0.045, "GB", memo),
      price("interface-endpoint.hour", 0.01, "zone hour", privateLink),
      price("interface-endpoint.gb", 0.01, "GB", privateLink),
      price("nlb.hour", 0.0225, "load balancer hour", memo),
      price("nlb.capacity-unit", 0.006, "capacity unit hour", memo),
      price("alb.hour", 0.0225, "load balancer hour", memo),
      price("alb.capacity-unit", 0.008, "capacity unit hour", memo),
      price("cross-zone.gb", 0.01, "GB and direction", memo),
      price("internet.gb", 0.09, "GB, first 10 TB", privateLink),
      price("global-accelerator.hour", 0.025, "accelerator hour", accelerator),
      price("global-accelerator.gb", 0.015, "GB within North America", accelerator),
      price("fargate.vcpu", 0.04048, "vCPU hour, x86", fargate, ["us-east-1"]),
      price("fargate.gib", 0.004445, "GB hour, x86", fargate, ["us-east-1"]),
      price("rds.db.r6i.xlarge", 0.504, "instance hour", memo, ["us-west-2"]),
      price("rds.gp3.gib", 0.115, "GiB month", rds, ["us-east-1"]),
    ],
    discounts: [],
  };
}

/** The price of a key in a region; `undefined` when it is not known. */
export function priceOf(list: PriceList, key: string, region: string): Price | undefined {
  return list.prices.find((entry) => entry.key === key && entry.regions.includes(region));
}

/** A list in which some prices are replaced or added; later ones win. */
export function withPrices(list: PriceList, more: Partial<PriceList>): PriceList {
  return {
    prices: [...(more.prices ?? []), ...list.prices],
    discounts: [...(more.discounts ?? []), ...list.discounts],
  };
}

/**
 * Takes the prices that were read in one region for another's too. They are marked, because they are a guess: AWS sets
 * prices by region.
 */
export function assumePricesOf(list: PriceList, from: string, to: string): PriceList {
  const assumed = list.prices
    .filter((entry) => entry.regions.includes(from) && !entry.regions.includes(to))
    .map((entry) => ({ ...entry, regions: [to], source: `assumed to be ${from}'s: ${entry.source}` }));
  return { ...list, prices: [...list.prices, ...assumed] };
}
