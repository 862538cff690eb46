import { reportOpenRules } from "../../model/open-ingress.ts";
import type { Ports } from "../../model/ports.ts";
import { ruleCarriers } from "../../model/security-group.ts";
import { resourceRule } from "../../rule.ts";

/** What is public is public on purpose: on a port that the configuration names. */
export const publicPortsDeclared = resourceRule({
  id: "public-ports-declared",
  family: "exposure",
  severity: "high",
  what: "A security group opens nothing to the internet but the declared public ports.",
  why: "A port that nobody decided to publish is nobody's to watch.",
  mend: "Name the clients' ranges or security groups, or declare the port in the rule's setting `ports`.",
  frameworks: { fsbp: ["EC2.18"], nist: ["AC-4", "CM-7", "SC-7"], pci: ["1.2.5", "1.3.1"], hipaa: ["164.312(e)(1)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  config: {
    properties: {
      ports: {
        type: "array",
        items: { type: "integer" },
        default: [443],
        description: "TCP ports that a load balancer may open to the internet.",
      },
    },
  },
  types: ruleCarriers,
  check(resource, report, config) {
    const declared = new Set(config["ports"] as number[]);
    const undeclared = (ports: Ports) =>
      !(ports.protocol === "tcp" && ports.from === ports.to && declared.has(ports.from)) && !isPing(ports);
    reportOpenRules(resource, report, "ingress", undeclared, "opens ports that are not declared public", "closed");
  },
});

/** Echo requests and "packet too big" open nothing. */
function isPing(ports: Ports): boolean {
  return ports.protocol === "icmp" || ports.protocol === "icmpv6";
}
