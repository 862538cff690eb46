import { mustMatch } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Defensive by default. */
export const loadBalancerDesync = resourceRule({
  id: "load-balancer-desync",
  family: "encryption-in-transit",
  severity: "medium",
  what: "A load balancer's desync mitigation is defensive or strictest.",
  why: "In mode monitor, requests that two servers read differently go through.",
  mend: "Leave desyncMitigationMode out, or set it to defensive or strictest.",
  frameworks: { fsbp: ["ELB.12", "ELB.14"], nist: ["SC-7", "SI-10"], checkov: ["CKV_AWS_328"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.loadBalancer, ...T.classicLoadBalancer],
  check({ props }, report) {
    mustMatch(
      report,
      props.at("desyncMitigationMode"),
      (mode) => ["defensive", "strictest"].includes(mode),
      "lets ambiguous requests through",
      "fine",
    );
  },
});
