import { mustBeOn } from "../../model/expect.ts";
import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** A Network Load Balancer logs its TLS listeners only. Gateway Load Balancers cannot. */
export const loadBalancerAccessLogs = resourceRule({
  id: "load-balancer-access-logs",
  family: "logging",
  severity: "medium",
  what: "Load balancers write access logs.",
  why: "After an incident nobody can say who came.",
  mend: "Set accessLogs to a bucket, with enabled true.",
  frameworks: {
    fsbp: ["ELB.5"],
    nist: ["AU-2", "AU-12"],
    pci: ["10.2.1"],
    hipaa: ["164.312(b)"],
    checkov: ["CKV_AWS_91"],
  },
  presets: ["strict", "pci", "hipaa"],
  types: T.loadBalancer,
  check({ props }, report) {
    const type = props.at("loadBalancerType").text();
    if (type === UNKNOWN) {
      report.cannotTell("loadBalancerType");
    } else if (type !== "gateway") {
      mustBeOn(report, props.at("accessLogs", "enabled"), "nobody can say who came");
    }
  },
});
