import { mustBeOn } from "../../model/expect.ts";
import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** The kind of load balancer is application where nothing is said. */
export const loadBalancerDropsBadHeaders = resourceRule({
  id: "load-balancer-drops-bad-headers",
  family: "encryption-in-transit",
  severity: "medium",
  what: "An Application Load Balancer drops headers that are not valid.",
  why: "Request smuggling rides on them.",
  mend: "Set dropInvalidHeaderFields to true.",
  frameworks: { fsbp: ["ELB.4"], nist: ["SC-8", "SI-10"], checkov: ["CKV_AWS_131"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.loadBalancer,
  check({ props }, report) {
    const type = props.at("loadBalancerType").text();
    if (type === UNKNOWN) {
      report.cannotTell("loadBalancerType");
    } else if (type === undefined || type === "application") {
      mustBeOn(report, props.at("dropInvalidHeaderFields"), "malformed headers reach the service");
    }
  },
});
