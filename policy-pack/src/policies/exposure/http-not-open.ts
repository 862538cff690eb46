import { anyOfPorts, reportOpenRules } from "../../model/open-ingress.ts";
import { ruleCarriers } from "../../model/security-group.ts";
import { resourceRule } from "../../rule.ts";

/** Port 80, in any rule of the group. */
export const httpNotOpen = resourceRule({
  id: "http-not-open",
  family: "exposure",
  severity: "high",
  what: "No security group opens plain HTTP (80) to the internet.",
  why: "What is served there crosses the internet in the clear.",
  mend: "Open 443 alone; a browser that asks for port 80 is redirected at the edge.",
  frameworks: {
    fsbp: ["EC2.18"],
    nist: ["AC-4", "SC-7", "SC-8"],
    pci: ["1.3.1", "4.2.1"],
    hipaa: ["164.312(e)(1)"],
    checkov: ["CKV_AWS_260"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: ruleCarriers,
  check(resource, report) {
    reportOpenRules(resource, report, "ingress", anyOfPorts([80]), "opens plain HTTP");
  },
});
