import { describe, expect, it } from "vitest";
import { PlanRefusedError } from "../shared/refusal.ts";
import { networkUnitHours } from "./cost-of-network.ts";
import { BudgetVerdict, type CostPlan, CostSize, planCost } from "./cost-plan.ts";
import { parsePriceList } from "./price-file.ts";
import { assumePricesOf, knownPrices, priceOf, withPrices } from "./price-list.ts";
import { priceOfProduct } from "./price-product.ts";
import { Commitment, gravitonOf } from "./purchase.ts";
import type { RegionPlanArgs } from "./region-plan-args.ts";

const zoneIds = ["use1-az1", "use1-az2", "use1-az4"];
const bare: RegionPlanArgs = { region: "us-east-1", zoneIds, vpcCidrBlock: "10.66.0.0/18" };
const cache = { instanceType: "r6i.4xlarge", instances: 48, maxInstances: 1000 };

function lineOf(plan: CostPlan, component: string, driver: string | RegExp) {
  const found = plan.lines.filter((line) => line.component === component && line.driver.match(driver) !== null);
  expect(found).toHaveLength(1);
  return found[0];
}

const cost = (change: Partial<RegionPlanArgs>, size: CostSize = CostSize.Maximum) =>
  planCost({ ...bare, ...change }, size, 14);

describe("planCost", () => {
  it("prices what runs at first, and every fleet at its maximum", () => {
    // 48 and 1,000 instances, 730 hours, 1.008 USD.
    expect(lineOf(cost({ cache }, CostSize.Configured), "cache", "r6i")?.usdPerMonth).toBe(35_320.32);
    expect(lineOf(cost({ cache }), "cache", "r6i")?.usdPerMonth).toBe(735_840);
    // One g6e.2xlarge: 2.24208 x 730 (E19: about 1,637 a month).
    const gpu = { instanceType: "g6e.2xlarge", instances: 1, maxInstances: 1 };
    expect(lineOf(cost({ gpu }), "gpu", "g6e")?.usdPerMonth).toBe(1636.72);
  });

  it("prices the three nodes that run the proxies' cluster, six at most, and never on spot", () => {
    const proxies = { instanceType: "c6i.2xlarge", instances: 48, maxInstances: 1000, volumes: [{ sizeGib: 50 }] };
    // m6i.large: 3 and 6 x 0.096 x 730; 3 x 50 GiB x 0.08.
    const configured = cost({ proxies, purchase: { spotShare: 1 } }, CostSize.Configured);
    expect(lineOf(configured, "system nodes", "m6i.large")).toMatchObject({
      driver: "3 x m6i.large",
      usdPerMonth: 210.24,
    });
    expect(lineOf(configured, "system nodes", "gp3 storage")?.usdPerMonth).toBe(12);
    expect(lineOf(cost({ proxies }), "system nodes", "m6i.large")?.usdPerMonth).toBe(420.48);
    // Graviton proxies have m7g.large: 0.0816.
    const graviton = { proxies: { ...proxies, instanceType: "c7g.2xlarge" } };
    expect(lineOf(cost(graviton, CostSize.Configured), "system nodes", "m7g.large")?.usdPerMonth).toBe(178.7);
    expect(cost({ cache }).lines.filter(({ component }) => component === "system nodes")).toEqual([]);
  });

  it("prices storage, IOPS above 3,000 and throughput above 125 of every volume", () => {
    const volumes = [{ sizeGib: 50 }, { sizeGib: 200, iops: 10_000, throughputMBps: 1000 }];
    const plan = cost({ cache: { ...cache, volumes } });
    expect(lineOf(plan, "cache", "gp3 storage")?.usdPerMonth).toBe(20_000);
    expect(lineOf(plan, "cache", "gp3 IOPS")?.usdPerMonth).toBe(35_000);
    expect(lineOf(plan, "cache", "gp3 throughput")?.usdPerMonth).toBe(35_000);
  });

  it("prices the collector of metrics, whatever the fleets' sizes", () => {
    for (const size of Object.values(CostSize)) {
      const plan = cost({ collector: true }, size);
      // 0.04048 x 730 for one vCPU, and 4 x 0.004445 x 730 for its memory.
      expect(lineOf(plan, "observability", "vCPU")?.usdPerMonth).toBe(29.55);
      expect(lineOf(plan, "observability", "memory")?.usdPerMonth).toBe(12.98);
    }
    expect(cost({}).lines.filter(({ component }) => component === "observability")).toEqual([]);
  });

  it("prices the network by zone", () => {
    const plan = cost({});
    // 3 x 730 x 0.045 and 14 x 3 x 730 x 0.01.
    expect(lineOf(plan, "network", "NAT")?.usdPerMonth).toBe(98.55);
    expect(lineOf(plan, "network", "interface endpoints")?.usdPerMonth).toBe(306.6);
  });

  it("bills traffic between zones to both sides (E38), and Global Accelerator's premium (E3)", () => {
    const plan = cost({ traffic: { crossZoneGb: 1000, globalAcceleratorGb: 1000, internetEgressGb: 100 } });
    expect(lineOf(plan, "traffic", "between zones")?.usdPerMonth).toBe(20);
    expect(lineOf(plan, "traffic", "to the internet")?.usdPerMonth).toBe(9);
    expect(lineOf(plan, "global accelerator", "accelerator")?.usdPerMonth).toBe(18.25);
    expect(lineOf(plan, "global accelerator", "premium")?.usdPerMonth).toBe(15);
  });

  it("takes the dimension of a load balancer that needs most capacity units", () => {
    expect(networkUnitHours({ networkLoadBalancerGb: 0, newConnectionsPerSecond: 50_000 })).toBe(62.5 * 730);
    expect(networkUnitHours({ networkLoadBalancerGb: 0, activeConnections: 100_000 })).toBe(730);
    expect(networkUnitHours({ networkLoadBalancerGb: 1_000_000, newConnectionsPerSecond: 50_000 })).toBe(1_000_000);
    expect(networkUnitHours({ newConnectionsPerSecond: 50_000 })).toBeUndefined();
    const plan = cost({
      loadBalancers: { applicationLoadBalancers: 1 },
      traffic: { applicationLoadBalancerUnits: 10 },
    });
    expect(lineOf(plan, "load balancers", "application capacity")?.usdPerMonth).toBe(58.4);
  });

  it("says what it does not know, and never counts it as nothing", () => {
    const plan = cost({
      cache,
      database: { instanceClass: "db.r6i.xlarge", instances: 2, storageGib: 500 },
      loadBalancers: { publicNetworkLoadBalancers: 1 },
    });
    expect(plan.unknown).toEqual([
      "database: 2 x db.r6i.xlarge (the price of rds.db.r6i.xlarge in us-east-1 is not known)",
      "load balancers: network capacity units (how much there is was not said)",
      "traffic: between zones, sent and received (how much there is was not said)",
      "traffic: to the internet (how much there is was not said)",
      "traffic: through NAT gateways (how much there is was not said)",
      "traffic: through interface endpoints (how much there is was not said)",
    ]);
    expect(plan.lines.filter((line) => line.usdPerMonth === 0)).toEqual([]);
    // 735,840, storage 2 x 500 x 0.115, NAT 98.55, endpoints 306.60, load balancer 16.425.
    expect(plan.knownUsdPerMonth).toBe(736_376.58);
    expect(plan.notCounted).toContain("traffic between regions");
  });

  it("has a source and a date for every amount", () => {
    const plan = cost({ cache, traffic: { natGb: 1 } });
    const priced = plan.lines.filter((line) => line.usdPerMonth !== undefined);
    expect(priced.length).toBeGreaterThan(3);
    expect(priced.every((line) => line.source !== undefined && /^\d{4}-\d{2}/.test(line.asOf ?? ""))).toBe(true);
  });
});

describe("regions", () => {
  it("have prices of their own: EC2's are known in us-east-1 only", () => {
    const west = planCost({ ...bare, region: "us-west-2", cache }, CostSize.Maximum, 14);
    expect(lineOf(west, "cache", "r6i")).toMatchObject({
      note: "the price of ec2.r6i.4xlarge in us-west-2 is not known",
    });
  });

  it("take another region's when told to, and are marked", () => {
    const prices = assumePricesOf(knownPrices(), "us-east-1", "us-west-2");
    const west = planCost({ ...bare, region: "us-west-2", cache }, CostSize.Maximum, 14, prices);
    const line = lineOf(west, "cache", "r6i");
    expect(line?.usdPerMonth).toBe(735_840);
    expect(line?.source).toMatch(/^assumed to be us-east-1's: /);
    expect(priceOf(prices, "rds.db.r6i.xlarge", "us-west-2")?.source).not.toMatch(/^assumed/);
  });
});

describe("purchase options", () => {
  it("leave a commitment unknown while its discount is, and say what it is on demand", () => {
    const plan = cost({ cache, purchase: { commitment: Commitment.Reserved3Years } });
    expect(lineOf(plan, "cache", "reserved-3-years")).toMatchObject({
      note: "the discount of reserved-3-years is not known; on demand it is 735840.00 USD",
    });
  });

  it("take discounts from a price file", () => {
    const file = parsePriceList(
      JSON.stringify({
        discounts: [{ commitment: "savings-plan-1-year", fraction: 0.25, source: "our contract", asOf: "2026-10" }],
      }),
    );
    const prices = withPrices(knownPrices(), file);
    const purchase = { commitment: Commitment.SavingsPlan1Year };
    const plan = planCost({ ...bare, cache, purchase }, CostSize.Maximum, 14, prices);
    expect(lineOf(plan, "cache", "savings-plan")?.usdPerMonth).toBe(551_880);
  });

  it("price the part on spot apart, which is not known without a price", () => {
    const plan = cost({ cache, purchase: { spotShare: 0.25 } });
    expect(lineOf(plan, "cache", "250 x r6i.4xlarge on spot")?.usdPerMonth).toBeUndefined();
    expect(lineOf(plan, "cache", /^750 x r6i.4xlarge$/)?.usdPerMonth).toBe(551_880);
  });

  it("price Graviton types where there are some", () => {
    expect(["r6i.4xlarge", "c6i.2xlarge", "g6e.2xlarge"].map(gravitonOf)).toEqual([
      "r7g.4xlarge",
      "c7g.2xlarge",
      "g6e.2xlarge",
    ]);
    // 0.8568 x 730 x 1,000.
    expect(lineOf(cost({ cache, purchase: { graviton: true } }), "cache", "r7g")?.usdPerMonth).toBe(625_464);
  });
});

describe("a budget", () => {
  const known = { crossZoneGb: 0, internetEgressGb: 0, natGb: 0, endpointGb: 0 };

  it.each([
    [100, known, BudgetVerdict.Over],
    [1000, known, BudgetVerdict.Within],
    [1000, {}, BudgetVerdict.Unknown],
    [100, {}, BudgetVerdict.Over],
  ])("of %i USD with traffic %o is %s", (budgetUsdPerMonth, traffic, verdict) => {
    // NAT gateways and endpoints alone are 405.15.
    expect(cost({ budgetUsdPerMonth, traffic }).budgetVerdict).toBe(verdict);
  });
});

describe("price lists", () => {
  it("are replaced by a file, entry by entry", () => {
    const ours = parsePriceList(
      JSON.stringify({
        prices: [
          { key: "nat-gateway.hour", regions: ["us-east-1"], usd: 0.03, unit: "hour", source: "ours", asOf: "2026-11" },
        ],
      }),
    );
    const plan = planCost(bare, CostSize.Maximum, 14, withPrices(knownPrices(), ours));
    expect(lineOf(plan, "network", "NAT")).toMatchObject({ usdPerMonth: 65.7, source: "ours", asOf: "2026-11" });
  });

  it("are refused without source, date, region or a usable number", () => {
    const refused = () =>
      parsePriceList(
        JSON.stringify({
          prices: [{ key: "nat-gateway.hour", usd: 0, unit: "hour" }],
          discounts: [{ commitment: "on-demand", fraction: 2, source: "x", asOf: "2026" }],
        }),
      );
    expect(refused).toThrow(PlanRefusedError);
    expect(refused).toThrow(/prices\[0\]\.source: must be text/);
    expect(refused).toThrow(/prices\[0\]\.asOf: must be text/);
    expect(refused).toThrow(/prices\[0\]\.usd: must be a number above 0/);
    expect(refused).toThrow(/prices\[0\]\.regions: must be a list of regions/);
    expect(refused).toThrow(/discounts\[0\]\.fraction: must be a number above 0 and at most 1/);
    expect(refused).toThrow(/discounts\[0\]\.commitment: must be one of reserved-1-year/);
    expect(() => parsePriceList("{")).toThrow(/priceList: is not JSON/);
  });

  it("read the AWS price list's products", () => {
    const product = (dimensions: object) =>
      JSON.stringify({ terms: { OnDemand: { "ABC.JRTCKXETXF": { priceDimensions: dimensions } } } });
    const hour = { unit: "Hrs", pricePerUnit: { USD: "2.2420800000" } };
    expect(priceOfProduct(product({ "ABC.JRTCKXETXF.6YS6EN2CT7": hour }))).toBe(2.24208);
    expect(() => priceOfProduct(product({ one: hour, other: hour }))).toThrow(/has 2 on-demand prices/);
    expect(() => priceOfProduct("{}")).toThrow(/has 0 on-demand prices/);
  });
});
