import { declaredPublic, publicNames } from "../../model/declared-public.ts";
import { mustBeGiven } from "../../model/expect.ts";
import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/**
 * AWS's default is internet-facing: silence is broken, unless the load balancer is declared public by name. ECS' express
 * services bring one with them.
 */
export const loadBalancerInternal = resourceRule({
  id: "load-balancer-internal",
  family: "exposure",
  severity: "high",
  what: "A load balancer is internal unless the configuration declares it public, by name or by the tag Exposure: public.",
  why: "AWS's default is internet-facing: forgetting one property publishes the service.",
  mend: "Set internal to true, or declare the load balancer public on purpose.",
  frameworks: { nist: ["AC-4", "SC-7"], pci: ["1.3.1", "1.4.4"], hipaa: ["164.312(e)(1)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  config: { properties: publicNames },
  types: [...T.loadBalancer, ...T.classicLoadBalancer, ...T.ecsExpressService],
  check({ type, props, name }, report, config) {
    if (declaredPublic(name, props, config)) {
      return;
    }
    if ((T.ecsExpressService as readonly string[]).includes(type)) {
      // Its load balancer is internal where its subnets are private, which other rules see.
      const subnets = props.at("networkConfigurations", "subnets");
      mustBeGiven(report, subnets, "are not set, so the load balancer is in the default VPC's public ones");
      return;
    }
    const internal = props.at("internal").flag();
    if (internal === UNKNOWN) {
      report.cannotTell("internal");
    } else if (internal !== true) {
      report.broken(
        "internal",
        internal === undefined
          ? "is not set, so the load balancer faces the internet"
          : "is false, so it faces the internet",
      );
    }
  },
});
