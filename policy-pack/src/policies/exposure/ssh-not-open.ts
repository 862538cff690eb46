import { anyOfPorts, reportOpenRules } from "../../model/open-ingress.ts";
import { ruleCarriers } from "../../model/security-group.ts";
import { resourceRule } from "../../rule.ts";

/** Port 22, in any rule of the group, also as part of a wider range. */
export const sshNotOpen = resourceRule({
  id: "ssh-not-open",
  family: "exposure",
  severity: "critical",
  what: "No security group opens SSH (22) to the internet.",
  why: "SSH on the internet is under attack within minutes of being opened.",
  mend: "Remove the rule and use SSM Session Manager; it needs no open port.",
  frameworks: {
    cis: ["5.2", "5.3"],
    fsbp: ["EC2.13", "EC2.19"],
    nist: ["AC-4", "SC-7"],
    pci: ["1.3.1"],
    hipaa: ["164.312(e)(1)"],
    checkov: ["CKV_AWS_24"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: ruleCarriers,
  check(resource, report) {
    reportOpenRules(resource, report, "ingress", anyOfPorts([22]), "opens SSH");
  },
});
