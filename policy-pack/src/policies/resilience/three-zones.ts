import type { GraphNode } from "../../graph/graph.ts";
import { stackRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Groups that live in one zone on purpose (a placement group each) are not meant: together they are spread. */
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
    for (const [types, path] of spread) {
      for (const node of graph.ofType(...types)) {
        const found = graph.references.resolve(node, T.subnet, ...path);
        const zones = new Set([...found.nodes, ...found.perhaps].map(zoneOf));
        const field = node.inputs.at(...path);
        if (field.isUnset) {
          continue;
        }
        if (found.open || zones.has(undefined) || found.outside.length > 0) {
          const listed = field.isUnknown ? wanted : field.items().length;
          if (listed < wanted) {
            report.broken(field, `names ${listed} of ${wanted} zones`, node.urn);
          } else if (found.open) {
            report.cannotTell(field, undefined, undefined, node.urn);
          }
        } else if (zones.size < wanted) {
          report.broken(field, `names ${zones.size} of ${wanted} zones`, node.urn);
        }
      }
    }
  },
});

const spread: readonly (readonly [types: readonly string[], path: readonly string[]])[] = [
  [T.loadBalancer, ["subnets"]],
  [T.ecsService, ["networkConfiguration", "subnets"]],
  [T.eksCluster, ["vpcConfig", "subnetIds"]],
  [["aws:rds/subnetGroup:SubnetGroup", "aws:elasticache/subnetGroup:SubnetGroup"], ["subnetIds"]],
];

/** The zone of a subnet, by name or id. Two subnets that name none may be in one. */
function zoneOf(subnet: GraphNode): string | undefined {
  const zone = [subnet.inputs.at("availabilityZone").text(), subnet.inputs.at("availabilityZoneId").text()].find(
    (text) => typeof text === "string" && text !== "",
  );
  return typeof zone === "string" ? zone : undefined;
}
