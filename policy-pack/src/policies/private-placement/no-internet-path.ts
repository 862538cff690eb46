import { describePath, Reachability } from "../../graph/reachability.ts";
import { stackRule } from "../../rule.ts";

/** Proven from routes, tables and their associations, IPv4 and IPv6, before anything exists. Load balancers and NAT gateways are what public subnets are for. */
export const noInternetPath = stackRule({
  id: "no-internet-path",
  family: "private-placement",
  severity: "critical",
  what: "No route leads from an internet gateway to the data tier or to a workload.",
  why: "One route turns a private subnet into a public one, and everything in it with it; no security group shows that it has happened.",
  mend: "Place the resource in a subnet without a route to an internet gateway, or remove the route.",
  frameworks: {
    fsbp: ["RDS.46", "EC2.15"],
    nist: ["AC-4", "SC-7"],
    pci: ["1.3.1", "1.4.1", "1.4.4"],
    hipaa: ["164.312(e)(1)"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  check(graph, report) {
    const reachability = new Reachability(graph);
    for (const path of reachability.pathsOver("internet-gateway")) {
      if (path.certain) {
        report.broken("", `can be reached: ${describePath(path)}; ${reachability.locksOn(path)}`, path.node.urn);
      } else {
        report.cannotTell("", `may be reached: ${describePath(path)}`, undefined, path.node.urn);
      }
    }
    for (const path of reachability.pathsOver("unknown")) {
      report.cannotTell(
        "",
        `stands where a route leads to a gateway that is not known before \`up\`: ${describePath(path)}`,
        undefined,
        path.node.urn,
      );
    }
    for (const node of reachability.unplaced) {
      report.cannotTell("", "belongs to a subnet or table that is not known before `up`", undefined, node.urn);
    }
    for (const node of reachability.unplacedNodes()) {
      report.cannotTell("", "stands in subnets that are not known before `up`", undefined, node.urn);
    }
  },
});
