import { reportOpenRules } from "../../model/open-ingress.ts";
import { isEveryPort } from "../../model/ports.ts";
import { ruleCarriers } from "../../model/security-group.ts";
import { resourceRule } from "../../rule.ts";

/** Protocol -1 or `all`, ports -1 to -1, 0 to 0 or 0 to 65535: all of them mean everything. */
export const allPortsNotOpen = resourceRule({
  id: "all-ports-not-open",
  family: "exposure",
  severity: "critical",
  what: "No security group opens all ports to the internet.",
  why: "Whatever listens on the machine, now or later, is on the internet.",
  mend: "Open the one port that is served, to the ranges or groups that use it.",
  frameworks: {
    cis: ["5.2", "5.3"],
    fsbp: ["EC2.18", "EC2.19"],
    nist: ["AC-4", "SC-7"],
    pci: ["1.3.1"],
    hipaa: ["164.312(e)(1)"],
    checkov: ["CKV_AWS_277"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: ruleCarriers,
  check(resource, report) {
    reportOpenRules(resource, report, "ingress", isEveryPort, "opens all ports");
  },
});
