import { anyOfPorts, reportOpenRules } from "../../model/open-ingress.ts";
import { ruleCarriers } from "../../model/security-group.ts";
import { resourceRule } from "../../rule.ts";

/** Port 3389 over TCP and UDP. */
export const rdpNotOpen = resourceRule({
  id: "rdp-not-open",
  family: "exposure",
  severity: "critical",
  what: "No security group opens remote desktop (3389) to the internet.",
  why: "Remote desktop on the internet is the usual way in for ransomware.",
  mend: "Remove the rule and use SSM Fleet Manager; it needs no open port.",
  frameworks: {
    cis: ["5.2", "5.3"],
    fsbp: ["EC2.14", "EC2.19"],
    nist: ["AC-4", "SC-7"],
    pci: ["1.3.1"],
    hipaa: ["164.312(e)(1)"],
    checkov: ["CKV_AWS_25"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: ruleCarriers,
  check(resource, report) {
    reportOpenRules(resource, report, "ingress", anyOfPorts([3389], ["tcp", "udp"]), "opens remote desktop");
  },
});
