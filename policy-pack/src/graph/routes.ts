import { isInternet, parseCidr, type Range } from "../model/cidr.ts";
import { type Field, UNKNOWN } from "../model/field.ts";
import { T } from "../tokens.ts";
import type { GraphNode } from "./graph.ts";
import type { References } from "./references.ts";

/** Where a route leads. */
export type RouteTarget = "internet-gateway" | "peer" | "unknown" | "other";

/** A route of a subnet's table, as far as it matters to who can come in. */
export interface RouteStep {
  /** The route resource, or the table that holds it inline. */
  readonly holder: GraphNode;
  readonly table: GraphNode | undefined;
  readonly target: RouteTarget;
  /** The gateway or connection, where it is of this stack. */
  readonly targetNode: GraphNode | undefined;
  readonly family: 4 | 6;
  /** Whether the destination takes in the internet. */
  readonly toInternet: boolean | typeof UNKNOWN;
}

const peerTypes = [...T.vpcPeering, ...T.transitGateway, "aws:ec2/vpnGateway:VpnGateway"];
const noGateways = [...T.natGateway, ...T.egressOnlyInternetGateway, ...T.networkInterface, ...T.vpcEndpoint];

/** The routes of a stack's subnets, read once. */
export class Routes {
  readonly #references: References;
  readonly #tablesOfSubnet = new Map<string, GraphNode[]>();
  readonly #stepsOfTable = new Map<string, RouteStep[]>();
  readonly #mainTables = new Map<string, GraphNode[]>();
  readonly #mainSteps = new Map<string, RouteStep[]>();
  /** Routes and associations that cannot be placed before `up`. */
  readonly unplaced: GraphNode[] = [];

  constructor(references: References) {
    this.#references = references;
    const { graph } = references;
    for (const association of graph.ofType(...T.routeTableAssociation)) {
      this.#associate(association);
    }
    for (const table of graph.ofType(...T.routeTable)) {
      const steps = table.inputs
        .at("routes")
        .items()
        .flatMap((route) => this.#steps(table, route, table, "routes", inlineDestinations));
      add(this.#stepsOfTable, table.urn, steps);
      if (table.type === T.routeTable[1]) {
        this.#addMain(references.resolve(table, T.vpc, "defaultRouteTableId").nodes, table);
      }
    }
    for (const association of graph.ofType(...T.mainRouteTableAssociation)) {
      for (const table of references.resolve(association, T.routeTable, "routeTableId").nodes) {
        this.#addMain(references.resolve(association, T.vpc, "vpcId").nodes, table);
      }
    }
    for (const route of graph.ofType(...T.route)) {
      this.#place(route);
    }
  }

  /** The routes that a subnet's traffic follows: of its own tables, or of its VPC's main one. */
  of(subnet: GraphNode): readonly RouteStep[] {
    const own = this.#tablesOfSubnet.get(subnet.urn);
    if (own !== undefined) {
      return own.flatMap((table) => this.#stepsOfTable.get(table.urn) ?? []);
    }
    const vpcs = this.#references.resolve(subnet, T.vpc, "vpcId").nodes;
    return vpcs.flatMap((vpc) => [
      ...(this.#mainTables.get(vpc.urn) ?? []).flatMap((table) => this.#stepsOfTable.get(table.urn) ?? []),
      ...(this.#mainSteps.get(vpc.urn) ?? []),
    ]);
  }

  #associate(association: GraphNode): void {
    const subnets = this.#references.resolve(association, T.subnet, "subnetId");
    const tables = this.#references.resolve(association, T.routeTable, "routeTableId");
    const places = [...subnets.nodes, ...subnets.perhaps];
    if ((subnets.open && !association.inputs.at("subnetId").isUnset) || (tables.open && places.length > 0)) {
      this.unplaced.push(association);
    }
    for (const subnet of places) {
      const known = this.#tablesOfSubnet.get(subnet.urn) ?? [];
      this.#tablesOfSubnet.set(subnet.urn, [...known, ...tables.nodes, ...tables.perhaps]);
    }
  }

  #addMain(vpcs: readonly GraphNode[], table: GraphNode): void {
    for (const vpc of vpcs) {
      this.#mainTables.set(vpc.urn, [...(this.#mainTables.get(vpc.urn) ?? []), table]);
    }
  }

  #place(route: GraphNode): void {
    const tables = this.#references.resolve(route, T.routeTable, "routeTableId");
    const places = [...tables.nodes, ...tables.perhaps];
    for (const table of places) {
      add(this.#stepsOfTable, table.urn, this.#steps(route, route.inputs, table, undefined, routeDestinations));
    }
    if (places.length === 0 && !tables.open) {
      return;
    }
    if (places.length === 0) {
      // `vpc.mainRouteTableId` and its like come from the VPC itself.
      const vpcs = this.#references.resolve(route, T.vpc, "routeTableId").nodes;
      for (const vpc of vpcs) {
        add(this.#mainSteps, vpc.urn, this.#steps(route, route.inputs, undefined, undefined, routeDestinations));
      }
      if (vpcs.length === 0) {
        this.unplaced.push(route);
      }
    }
  }

  #steps(
    holder: GraphNode,
    route: Field,
    table: GraphNode | undefined,
    property: string | undefined,
    destinations: Destinations,
  ): RouteStep[] {
    const [target, targetNode] = this.#target(holder, route, property);
    return ([4, 6] as const).flatMap((family) => {
      const toInternet = this.#destination(holder, route, property, destinations, family);
      return toInternet === undefined ? [] : [{ holder, table, target, targetNode, family, toInternet }];
    });
  }

  #destination(
    holder: GraphNode,
    route: Field,
    property: string | undefined,
    names: Destinations,
    family: 4 | 6,
  ): boolean | typeof UNKNOWN | undefined {
    const field = route.at(family === 4 ? names.v4 : names.v6);
    const text = field.text();
    if (text === UNKNOWN) {
      return UNKNOWN;
    }
    if (text !== undefined && text !== "") {
      const range = parseCidr(text);
      return range === undefined ? UNKNOWN : isInternet([range]);
    }
    const list = route.at(names.list);
    if (list.isUnset) {
      return undefined;
    }
    const lists = this.#references.resolveField(holder, list, T.managedPrefixList, property ?? names.list);
    if (lists.nodes.length === 0) {
      // AWS's own lists (S3, DynamoDB) name no ranges of the internet at large; others cannot be told.
      return lists.open ? UNKNOWN : false;
    }
    const ranges = lists.nodes.flatMap((node) => prefixListRanges(node, this.#references));
    return ranges.includes(UNKNOWN)
      ? UNKNOWN
      : isInternet(ranges.filter((range): range is Range => range !== UNKNOWN && range.family === family));
  }

  #target(holder: GraphNode, route: Field, property: string | undefined): [RouteTarget, GraphNode | undefined] {
    const gateway = route.at("gatewayId");
    const text = gateway.text();
    if (typeof text === "string" && /^igw-/.test(text)) {
      return [
        "internet-gateway",
        this.#references.resolveField(holder, gateway, T.internetGateway, property ?? "gatewayId").nodes[0],
      ];
    }
    if (!gateway.isUnset) {
      const found = this.#references.resolveField(
        holder,
        gateway,
        [...T.internetGateway, ...peerTypes, ...noGateways],
        property ?? "gatewayId",
      );
      const first = found.nodes[0] ?? found.perhaps[0];
      if (first !== undefined) {
        return [this.#kind(first), first];
      }
      return typeof text === "string" ? [/^vgw-/.test(text) ? "peer" : "other", undefined] : ["unknown", undefined];
    }
    for (const name of ["vpcPeeringConnectionId", "transitGatewayId", "coreNetworkArn"]) {
      const peer = route.at(name);
      if (!peer.isUnset) {
        return ["peer", this.#references.resolveField(holder, peer, peerTypes, property ?? name).nodes[0]];
      }
    }
    return ["other", undefined];
  }

  #kind(node: GraphNode): RouteTarget {
    return (T.internetGateway as readonly string[]).includes(node.type)
      ? "internet-gateway"
      : peerTypes.includes(node.type)
        ? "peer"
        : "other";
  }
}

interface Destinations {
  readonly v4: string;
  readonly v6: string;
  readonly list: string;
}

const routeDestinations: Destinations = {
  v4: "destinationCidrBlock",
  v6: "destinationIpv6CidrBlock",
  list: "destinationPrefixListId",
};
const inlineDestinations: Destinations = { v4: "cidrBlock", v6: "ipv6CidrBlock", list: "destinationPrefixListId" };

/** The ranges of a prefix list: its own entries and the entry resources. */
export function prefixListRanges(list: GraphNode, references: References): (Range | typeof UNKNOWN)[] {
  const entries = references.graph
    .ofType(...T.managedPrefixListEntry)
    .filter((entry) => references.resolve(entry, T.managedPrefixList, "prefixListId").nodes.includes(list));
  return [
    ...list.inputs
      .at("entries")
      .items()
      .map((entry) => entry.at("cidr")),
    ...entries.map((entry) => entry.inputs.at("cidr")),
  ].map((cidr) => {
    const text = cidr.text();
    return text === UNKNOWN || text === undefined ? UNKNOWN : (parseCidr(text) ?? UNKNOWN);
  });
}

function add<Value>(map: Map<string, Value[]>, key: string, values: readonly Value[]): void {
  const known = map.get(key);
  if (known === undefined) {
    map.set(key, [...values]);
  } else {
    known.push(...values);
  }
}
