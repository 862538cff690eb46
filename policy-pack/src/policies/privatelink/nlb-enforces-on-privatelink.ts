import { mustMatch } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** On by default. */
export const nlbEnforcesOnPrivatelink = resourceRule({
  id: "nlb-enforces-on-privatelink",
  family: "privatelink",
  severity: "high",
  what: "The security group of a Network Load Balancer is enforced on PrivateLink traffic.",
  why: "With enforcement off, every connected tenant passes whatever its address.",
  mend: "Leave enforceSecurityGroupInboundRulesOnPrivateLinkTraffic out, or set it to on.",
  frameworks: { nist: ["AC-4", "SC-7"], pci: ["1.3.1"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.loadBalancer,
  check({ props }, report) {
    mustMatch(
      report,
      props.at("enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"),
      (mode) => mode.toLowerCase() !== "off",
      "is off, so tenants pass unjudged",
      "fine",
    );
  },
});
