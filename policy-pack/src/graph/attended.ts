import type { Report } from "../rule.ts";
import type { Graph } from "./graph.ts";

/**
 * Reports the resources of some types that no companion names: a bucket without a public access block, a VPC without a flow log.
 *
 * @param property the companion's property that names the resource
 * @param inline a property of the resource itself that does the companion's work
 */
export function reportUnattended(
  graph: Graph,
  report: Report,
  types: readonly string[],
  companions: readonly string[],
  property: string,
  detail: string,
  inline?: string,
): void {
  const attended = new Set<string>();
  let unplaced = false;
  for (const companion of graph.ofType(...companions)) {
    const found = graph.references.resolve(companion, types, property);
    for (const node of [...found.nodes, ...found.perhaps]) {
      attended.add(node.urn);
    }
    unplaced ||= found.open;
  }
  for (const node of graph.ofType(...types)) {
    if (attended.has(node.urn) || (inline !== undefined && !node.inputs.at(inline).isUnset)) {
      continue;
    }
    if (unplaced) {
      report.cannotTell("", `${detail} that is known before \`up\``, undefined, node.urn);
    } else {
      report.broken("", detail, node.urn);
    }
  }
}
