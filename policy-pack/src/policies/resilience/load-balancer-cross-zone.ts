import { mustBeOn } from "../../model/expect.ts";
import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Not in baseline: on, an NLB takes 500 targets instead of 500 a zone, and the traffic is billed. */
export const loadBalancerCrossZone = resourceRule({
  id: "load-balancer-cross-zone",
  family: "resilience",
  severity: "low",
  what: "A Network or Gateway Load Balancer spreads over zones, or says that it does not.",
  why: "Zones with fewer targets are overloaded.",
  mend: "Set enableCrossZoneLoadBalancing to true.",
  frameworks: { fsbp: ["ELB.9"], nist: ["CP-10", "SC-36"], checkov: ["CKV_AWS_152"] },
  presets: ["strict"],
  types: T.loadBalancer,
  check({ props }, report) {
    const type = props.at("loadBalancerType").text();
    if (type === UNKNOWN) {
      report.cannotTell("loadBalancerType");
    } else if (type === "network" || type === "gateway") {
      mustBeOn(report, props.at("enableCrossZoneLoadBalancing"), "zones are served by their own targets only");
    }
  },
});
