import type { CostBook } from "./cost-book.ts";
import { hoursPerMonth } from "./price-list.ts";
import type { MonthlyTraffic, RegionPlanArgs } from "./region-plan-args.ts";

/** What one capacity unit of a Network Load Balancer takes; with TLS at the load balancer it takes far fewer connections. */
const nlbUnit = { newPerSecond: 800, active: 100_000, gbPerHour: 1 };

/** NAT gateways and interface endpoints, which cost by the hour and zone whatever flows. */
export function networkCosts(book: CostBook, args: RegionPlanArgs, endpoints: number): void {
  const zones = args.zoneIds.length;
  book.hours("network", `${zones} NAT gateways`, zones, "nat-gateway.hour");
  book.hours(
    "network",
    `${endpoints} interface endpoints x ${zones} zones`,
    endpoints * zones,
    "interface-endpoint.hour",
  );
}

/** Load balancers by the hour, and their capacity units. */
export function loadBalancerCosts(book: CostBook, args: RegionPlanArgs): void {
  const sizes = args.loadBalancers;
  const traffic = args.traffic ?? {};
  const nlbs = (sizes?.publicNetworkLoadBalancers ?? 0) + (sizes?.internalNetworkLoadBalancers ?? 0);
  if (nlbs > 0) {
    book.hours("load balancers", `${nlbs} network`, nlbs, "nlb.hour");
    book.months("load balancers", "network capacity units", networkUnitHours(traffic), "nlb.capacity-unit");
  }
  const albs = sizes?.applicationLoadBalancers ?? 0;
  if (albs > 0) {
    book.hours("load balancers", `${albs} application`, albs, "alb.hour");
    const units = traffic.applicationLoadBalancerUnits;
    const unitHours = units === undefined ? undefined : units * hoursPerMonth;
    book.months("load balancers", "application capacity units", unitHours, "alb.capacity-unit");
  }
}

/**
 * Capacity unit hours of a month at the network load balancers: whichever of new connections, open connections and bytes
 * needs most. A unit takes 1 GB an hour, so that bytes alone need as many unit hours as there are GB.
 *
 * @returns `undefined` when the GB are not known
 */
export function networkUnitHours(traffic: MonthlyTraffic): number | undefined {
  if (traffic.networkLoadBalancerGb === undefined) {
    return undefined;
  }
  return Math.max(
    ((traffic.newConnectionsPerSecond ?? 0) / nlbUnit.newPerSecond) * hoursPerMonth,
    ((traffic.activeConnections ?? 0) / nlbUnit.active) * hoursPerMonth,
    traffic.networkLoadBalancerGb / nlbUnit.gbPerHour,
  );
}

/** What flows: between zones in both directions, through NAT gateways and endpoints, to the internet. */
export function trafficCosts(book: CostBook, traffic: MonthlyTraffic): void {
  const both = traffic.crossZoneGb === undefined ? undefined : 2 * traffic.crossZoneGb;
  book.months("traffic", "between zones, sent and received", both, "cross-zone.gb");
  book.months("traffic", "to the internet", traffic.internetEgressGb, "internet.gb");
  book.months("traffic", "through NAT gateways", traffic.natGb, "nat-gateway.gb");
  book.months("traffic", "through interface endpoints", traffic.endpointGb, "interface-endpoint.gb");
  if (traffic.globalAcceleratorGb !== undefined) {
    book.hours("global accelerator", "accelerator", 1, "global-accelerator.hour");
    book.months(
      "global accelerator",
      "premium within North America",
      traffic.globalAcceleratorGb,
      "global-accelerator.gb",
    );
  }
}
