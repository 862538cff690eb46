import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Groups of Lambda functions have no protocol. */
export const targetGroupEncrypted = resourceRule({
  id: "target-group-encrypted",
  family: "encryption-in-transit",
  severity: "high",
  what: "A target group does not speak plain HTTP to its targets.",
  why: "TLS ends at the load balancer, and from there the traffic crosses the network in the clear.",
  mend: "Set protocol to HTTPS, TLS or TCP (with TLS inside).",
  frameworks: { nist: ["SC-8"], pci: ["4.2.1"], hipaa: ["164.312(e)(1)"], checkov: ["CKV_AWS_378"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.targetGroup,
  check({ props }, report) {
    const protocol = props.at("protocol").text();
    if (protocol === UNKNOWN) {
      report.cannotTell("protocol");
    } else if (protocol?.toUpperCase() === "HTTP") {
      report.broken("protocol", "is HTTP");
    }
  },
});
