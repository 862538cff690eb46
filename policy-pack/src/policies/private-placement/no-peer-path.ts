import { describePath, Reachability } from "../../graph/reachability.ts";
import { stackRule } from "../../rule.ts";

/** Whatever range the route names: a route is a way in for the answers, and the other side has one back. */
export const noPeerPath = stackRule({
  id: "no-peer-path",
  family: "private-placement",
  severity: "high",
  what: "No route leads from a peer that is not registered to the data tier or to a workload.",
  why: "A peering connection, transit gateway or VPN brings another network in, with whatever it is connected to.",
  mend: "Remove the route, or name the connection in the rule's setting `peers`.",
  frameworks: { nist: ["AC-4", "CA-3", "SC-7"], pci: ["1.3.2", "1.4.2"], hipaa: ["164.312(e)(1)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  config: {
    properties: {
      peers: {
        type: "array",
        items: { type: "string" },
        default: [],
        description: "Logical names of the peering connections, transit gateways and VPN gateways that are registered.",
      },
    },
  },
  check(graph, report, config) {
    const registered = config["peers"] as string[];
    for (const path of new Reachability(graph).pathsOver("peer")) {
      const peer = path.step.targetNode?.name;
      if (peer === undefined || !registered.includes(peer)) {
        report.broken("", `can be reached: ${describePath(path)}`, path.node.urn);
      }
    }
  },
});
