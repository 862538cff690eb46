import { reportOpenRules } from "../../model/open-ingress.ts";
import { isEveryPort } from "../../model/ports.ts";
import { ruleCarriers } from "../../model/security-group.ts";
import { resourceRule } from "../../rule.ts";

/** All ports to all the world is what EC2 adds by itself, and how data leaves. */
export const egressNotOpen = resourceRule({
  id: "egress-not-open",
  family: "exposure",
  severity: "medium",
  what: "No security group lets all ports out to the internet.",
  why: "An intruder takes the data out, and fetches tools, over any port.",
  mend: "Allow 443 to VPC endpoints or prefix lists, and the ports of the groups that it talks to.",
  frameworks: { nist: ["AC-4", "SC-7"], pci: ["1.3.2"], checkov: ["CKV_AWS_382"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: ruleCarriers,
  check(resource, report) {
    reportOpenRules(resource, report, "egress", isEveryPort, "lets all ports out");
  },
});
