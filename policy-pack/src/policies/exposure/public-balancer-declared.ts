import type { GraphNode } from "../../graph/graph.ts";
import { declaredPublic, publicNames } from "../../model/declared-public.ts";
import { balancerPaths, facesInternet } from "../../graph/reachability.ts";
import { stackRule } from "../../rule.ts";

/** With the path: load balancer, listener, target group. */
export const publicBalancerDeclared = stackRule({
  id: "public-balancer-declared",
  family: "exposure",
  severity: "critical",
  what: "No path leads through an internet-facing load balancer to targets, unless it is declared public.",
  why: "A load balancer in a public subnet is the one way in that a private network still has.",
  mend: "Set internal to true, or declare the load balancer public by name or by the tag Exposure: public.",
  frameworks: { nist: ["AC-4", "SC-7"], pci: ["1.3.1", "1.4.4"], hipaa: ["164.312(e)(1)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  config: { properties: publicNames },
  check(graph, report, config) {
    const isJudged = (balancer: GraphNode) =>
      facesInternet(balancer) === true && !declaredPublic(balancer.name, balancer.inputs, config);
    for (const { balancer, listener, group } of balancerPaths(graph, isJudged)) {
      report.broken(
        "",
        `opens a path: internet -> ${balancer.name} -> listener ${listener.name} -> target group ${group.name}`,
        balancer.urn,
      );
    }
  },
});
