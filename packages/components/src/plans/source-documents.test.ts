import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CostSize, planCost } from "./cost-plan.ts";
import { assumePricesOf, hoursPerMonth, knownPrices, priceOf } from "./price-list.ts";
import type { RegionPlanArgs } from "./region-plan-args.ts";

const page = readFileSync(new URL("../../../../docs/costs.md", import.meta.url), "utf8");
const secondsPerMonth = 86_400 * 30;
const west = assumePricesOf(knownPrices(), "us-east-1", "us-west-2");

/** The third column of the page's row, as written. */
function rightOf(line: string): string {
  const row = page.split("\n").find((text) => text.startsWith(`| ${line} `) && text.split("|").length >= 6);
  return row?.split("|")[3]?.trim() ?? `no row for ${line}`;
}

const usd = (amount: number) => amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** The memo's region, as it is written there. */
const memo: RegionPlanArgs = {
  region: "us-west-2",
  zoneIds: ["usw2-az1", "usw2-az2", "usw2-az3"],
  vpcCidrBlock: "10.0.0.0/16",
  cache: {
    instanceType: "r6i.4xlarge",
    instances: 48,
    maxInstances: 1000,
    volumes: [{ sizeGib: 50 }, { sizeGib: 200, iops: 10_000, throughputMBps: 1000 }],
  },
  proxies: { instanceType: "c6i.2xlarge", instances: 48, maxInstances: 1000 },
  database: { instanceClass: "db.r6i.xlarge", instances: 4, storageGib: 0 },
  loadBalancers: { publicNetworkLoadBalancers: 1, applicationLoadBalancers: 1 },
  traffic: {
    networkLoadBalancerGb: 1400 * 2 * secondsPerMonth,
    newConnectionsPerSecond: 50_000,
    activeConnections: 100_000,
    applicationLoadBalancerUnits: 10,
    crossZoneGb: 70 * secondsPerMonth,
    endpointGb: 10_000,
    natGb: 0,
    internetEgressGb: 0,
  },
};

function sum(lines: { component: string; driver: string; usdPerMonth?: number }[], component: string, driver = /./) {
  return lines
    .filter((line) => line.component === component && driver.test(line.driver))
    .reduce((total, line) => total + (line.usdPerMonth ?? NaN), 0);
}

describe("docs/costs.md, MEMO-077", () => {
  const { lines, knownUsdPerMonth, unknown } = planCost(memo, CostSize.Maximum, 7, west);
  const endpoints = sum(lines, "network", /endpoints/) + sum(lines, "traffic", /interface endpoints/);

  it.each([
    ["Redis EC2", sum(lines, "cache", /r6i/)],
    ["Proxy EC2", sum(lines, "proxies", /c6i/)],
    ["EKS control plane", sum(lines, "proxies", /EKS/)],
    ["EKS system nodes", sum(lines, "system nodes")],
    ["EBS volumes", sum(lines, "cache", /gp3/)],
    ["NLB", sum(lines, "load balancers", /network/)],
    ["ALB", sum(lines, "load balancers", /application/)],
    ["VPC endpoints", endpoints],
    ["NAT gateways", sum(lines, "network", /NAT/)],
    ["Cross-AZ transfer", sum(lines, "traffic", /between zones/)],
    ["RDS", sum(lines, "database")],
    ["Total", knownUsdPerMonth],
    ["Three years", 36 * knownUsdPerMonth],
  ])("%s", (line, computed) => {
    expect(rightOf(line)).toBe(usd(computed));
  });

  it("knows every line of it", () => {
    expect(unknown).toEqual([]);
  });

  it("finds the memo's own sum, and what correcting its units alone makes of it", () => {
    const theirs = [752_840, 124_100, 73, 16_000, 43_562, 17, 253, 98, 1814];
    expect(theirs.reduce((total, amount) => total + amount, 0)).toBe(938_757);
    const units = 752_840 + 124_100 + 73 + 16_000 + sum(lines, "load balancers", /network/) + 17 + 253 + 98 + 1_814_400;
    expect(Math.round(units)).toBe(46_253_397);
    expect(page).toContain("makes 46,253,397");
    expect(Math.round(knownUsdPerMonth / 938_757)).toBe(51);
    expect(page).toContain("51 times as much");
  });

  it("says what the clients' traffic alone costs at the load balancer", () => {
    expect(page).toContain(`alone are ${usd(200 * secondsPerMonth * 0.006)} USD`);
  });
});

describe("docs/costs.md, other figures", () => {
  const price = (key: string) => priceOf(west, key, "us-west-2")?.usd ?? NaN;
  const endpointsOf = (count: number) => count * 3 * hoursPerMonth * price("interface-endpoint.hour") + 100;
  const unhinted = 938 * secondsPerMonth * price("cross-zone.gb");
  const graviton = (from: string, to: string) => 1000 * hoursPerMonth * (price(`ec2.${from}`) - price(`ec2.${to}`));

  it.each([
    ["Cross-AZ without hints, one direction", usd(unhinted)],
    ["Cross-AZ without hints", usd(2 * unhinted)],
    ["Interface endpoints, six as named", usd(endpointsOf(6))],
    ["Interface endpoints, the 14 needed", usd(endpointsOf(14))],
    ["Saving by endpoints", usd(10_000 * price("nat-gateway.gb") - endpointsOf(7))],
    ["Net increase", usd(43_562 - 295)],
    ["NLB units for new connections", String(50_000 / 800)],
    [
      "Graviton saving, both fleets",
      usd(graviton("r6i.4xlarge", "r7g.4xlarge") + graviton("c6i.2xlarge", "c7g.2xlarge")),
    ],
  ])("%s", (line, computed) => {
    expect(rightOf(line)).toBe(computed);
  });
});

describe("what is left out of the source documents", () => {
  const priced = (change: Partial<RegionPlanArgs>) =>
    planCost({ region: "us-east-1", zoneIds: [], vpcCidrBlock: "10.0.0.0/16", ...change }, CostSize.Configured, 0);
  const collector = sum(priced({ collector: true }).lines, "observability");

  it("has the collector's price on every page that names it", () => {
    expect(page).toContain(`the collector of metrics, ${usd(collector)} USD a month`);
    const rounded = `${Math.round(collector)} USD a month`;
    const component = readFileSync(new URL("../../../../docs/components/observability.md", import.meta.url), "utf8");
    expect(component).toContain(`the collector ${rounded} (one vCPU, 4 GiB on Fargate)`);
    expect(component).toContain(`About ${rounded} in us-east-1 (one vCPU, 4 GiB).`);
  });
});

describe("docs/costs.md, PrivateLink Architecture", () => {
  const price = (key: string) => priceOf(knownPrices(), key, "us-east-1")?.usd ?? NaN;
  const endpoint = 3 * hoursPerMonth * price("interface-endpoint.hour");
  const terabyte = 1000 * price("interface-endpoint.gb");

  it.each([
    ["Endpoint in three zones", usd(endpoint)],
    ["1 TB through it", usd(terabyte)],
    ["One region", usd(endpoint + terabyte)],
    ["Endpoints in three regions", usd(3 * endpoint)],
    ["Three regions with 1 TB each", usd(3 * (endpoint + terabyte))],
    ["Public path through Global Accelerator", usd(hoursPerMonth * price("global-accelerator.hour"))],
    ["Breakeven with the internet, GB", (21.6 / (price("internet.gb") - price("interface-endpoint.gb"))).toFixed(0)],
    ["One g6e.2xlarge", usd(hoursPerMonth * price("ec2.g6e.2xlarge"))],
  ])("%s", (line, computed) => {
    expect(rightOf(line)).toBe(computed);
  });
});
