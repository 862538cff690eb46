import { mustBeGiven } from "../../model/expect.ts";
import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** PrivateLink traffic is judged by the client's own address, so the group is where a tenant is held to its ranges. */
export const nlbHasSecurityGroup = resourceRule({
  id: "nlb-has-security-group",
  family: "privatelink",
  severity: "high",
  what: "A Network Load Balancer is created with a security group.",
  why: "One that was created without can never get one: tenants cannot be limited to their ranges.",
  mend: "Give securityGroups at creation.",
  frameworks: { nist: ["AC-4", "SC-7"], pci: ["1.3.1"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.loadBalancer,
  check({ props }, report) {
    const type = props.at("loadBalancerType").text();
    if (type === UNKNOWN) {
      report.cannotTell("loadBalancerType");
    } else if (type === "network") {
      mustBeGiven(
        report,
        props.at("securityGroups"),
        "names no security group, and none can be added later",
        T.securityGroup,
      );
    }
  },
});
