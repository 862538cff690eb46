/** How far a subnet reaches: what the default routes of its own route table lead to. */
import { Reach } from "./model.ts";
import { records, text, type ResourceGraph } from "./resource-graph.ts";
import type { SourceResource } from "./source.ts";

export const subnetType = "aws:ec2/subnet:Subnet";
const tableType = "aws:ec2/routeTable:RouteTable";
const internetGatewayType = "aws:ec2/internetGateway:InternetGateway";

const destinations = ["destinationCidrBlock", "destinationIpv6CidrBlock", "cidrBlock", "ipv6CidrBlock"];
const nat = ["natGatewayId", "egressOnlyGatewayId"];
const others = [
  "gatewayId",
  "transitGatewayId",
  "vpcEndpointId",
  "networkInterfaceId",
  "vpcPeeringConnectionId",
  "carrierGatewayId",
  "localGatewayId",
  "coreNetworkArn",
];

const isDefault = (values: Record<string, unknown>): boolean =>
  destinations.some((key) => ["0.0.0.0/0", "::/0"].includes(text(values[key])));

/** @param isSet whether a property leads somewhere, known or not */
function leadsTo(toInternet: boolean, isSet: (property: string) => boolean): Reach {
  if (toInternet) return Reach.Public;
  if (nat.some(isSet)) return Reach.Outbound;
  return others.some(isSet) ? Reach.Elsewhere : Reach.Unknown;
}

function ofRoute(graph: ResourceGraph, route: SourceResource): Reach {
  const gateway = text(route.values.gatewayId);
  const toInternet = gateway.startsWith("igw-") || graph.refs(route, "gatewayId", [internetGatewayType]).length > 0;
  return leadsTo(
    toInternet,
    (property) => text(route.values[property]) !== "" || (route.propertyDependencies[property] ?? []).length > 0,
  );
}

/** A route written into its table. Before the first run its target is unknown, and the table's dependencies take its place. */
function ofInlineRoute(graph: ResourceGraph, table: SourceResource, route: Record<string, unknown>): Reach {
  const known = [...nat, ...others].some((property) => text(route[property]) !== "");
  const dependsOn = (type: string) => !known && graph.refs(table, "routes", [type], null).length > 0;
  const toInternet =
    text(route.gatewayId).startsWith("igw-") ||
    graph.named(table, "routes", [internetGatewayType], route.gatewayId).length > 0 ||
    dependsOn(internetGatewayType);
  return leadsTo(
    toInternet,
    (property) =>
      text(route[property]) !== "" || (nat.includes(property) && dependsOn("aws:ec2/natGateway:NatGateway")),
  );
}

/** What a subnet's route table says: of several default routes the one that lets most in. */
export function reachOf(graph: ResourceGraph, subnet: SourceResource): Reach {
  const tables = graph
    .ofType("aws:ec2/routeTableAssociation:RouteTableAssociation")
    .filter((association) => graph.refs(association, "subnetId", [subnetType]).includes(subnet))
    .flatMap((association) => graph.refs(association, "routeTableId", [tableType]));
  if (tables.length === 0) return Reach.Unknown;
  const separate = graph
    .ofType("aws:ec2/route:Route")
    .filter((route) => isDefault(route.values))
    .filter((route) => graph.refs(route, "routeTableId", [tableType]).some((table) => tables.includes(table)))
    .map((route) => ofRoute(graph, route));
  const inline = tables.flatMap((table) =>
    records(table.values.routes)
      .filter(isDefault)
      .map((route) => ofInlineRoute(graph, table, route)),
  );
  const found = [...separate, ...inline];
  const widestFirst = [Reach.Public, Reach.Unknown, Reach.Elsewhere, Reach.Outbound];
  return widestFirst.find((reach) => found.includes(reach)) ?? Reach.Isolated;
}
