import type { Graph, GraphNode } from "../../graph/graph.ts";
import { groupBy } from "../../model/group-by.ts";
import { type Report, stackRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Auto Scaling groups that live in one zone on purpose (a placement group each) are not meant: together they are spread. */
export const threeZones = stackRule({
  id: "three-zones",
  family: "resilience",
  severity: "high",
  what: "What serves traffic or holds data is spread over three zones.",
  why: "With two zones, losing one leaves half; a cluster of voters loses its majority.",
  mend: "Give subnets in three zones.",
  frameworks: { fsbp: ["ELB.13"], nist: ["CP-6", "CP-10", "SC-36"], hipaa: ["164.308(a)(7)(i)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  config: {
    properties: {
      zones: { type: "integer", minimum: 1, default: 3, description: "Least number of Availability Zones." },
    },
  },
  check(graph, report, config) {
    const wanted = Number(config["zones"]);
    for (const { types, path, together } of spread) {
      const nodes = graph.ofType(...types).filter((node) => !node.inputs.at(...path).isUnset);
      for (const members of groupBy(nodes, (node) => together?.(node) ?? node.urn).values()) {
        reportSpread(members, path, wanted, graph, report);
      }
    }
  },
});

interface Spread {
  readonly types: readonly string[];
  readonly path: readonly string[];
  /** What makes several resources one: a service a zone in one cluster is a service in all of them. */
  readonly together?: (node: GraphNode) => string;
}

const spread: readonly Spread[] = [
  { types: T.loadBalancer, path: ["subnets"] },
  { types: T.ecsService, path: ["networkConfiguration", "subnets"], together: clusterOf },
  { types: T.eksCluster, path: ["vpcConfig", "subnetIds"] },
  { types: ["aws:rds/subnetGroup:SubnetGroup", "aws:elasticache/subnetGroup:SubnetGroup"], path: ["subnetIds"] },
];

function clusterOf(service: GraphNode): string {
  const cluster = service.inputs.at("cluster").text();
  return typeof cluster === "string"
    ? cluster
    : service
        .sources("cluster")
        .map(({ urn }) => urn)
        .join();
}

function reportSpread(
  members: readonly GraphNode[],
  path: readonly string[],
  wanted: number,
  graph: Graph,
  report: Report,
): void {
  const places = members.map((node) => graph.references.resolve(node, T.subnet, ...path));
  const zones = new Set(places.flatMap(({ nodes, perhaps }) => [...nodes, ...perhaps]).map(zoneOf));
  const [first] = members;
  const field = first?.inputs.at(...path) ?? "";
  const untold = zones.has(undefined) || places.some(({ open, outside }) => open || outside.length > 0);
  const lists = members.map((node) => node.inputs.at(...path));
  // Subnets that say no zone may be in zones of their own, so that only their number is held against the rule.
  const most = lists.some((list) => list.isUnknown)
    ? wanted
    : lists.reduce((sum, list) => sum + list.items().length, 0);
  if (untold ? most < wanted : zones.size < wanted) {
    report.broken(field, `names ${untold ? most : zones.size} of ${wanted} zones`, first?.urn);
  } else if (places.some(({ open }) => open)) {
    report.cannotTell(field, undefined, undefined, first?.urn);
  }
}

/** The zone of a subnet, by name or id. Two subnets that name none may be in one. */
function zoneOf(subnet: GraphNode): string | undefined {
  const zone = [subnet.inputs.at("availabilityZone").text(), subnet.inputs.at("availabilityZoneId").text()].find(
    (text) => typeof text === "string" && text !== "",
  );
  return typeof zone === "string" ? zone : undefined;
}
