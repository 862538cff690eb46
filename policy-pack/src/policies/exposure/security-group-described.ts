import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";
import { mustBeGiven } from "../../model/expect.ts";
import { groupRules, ruleCarriers } from "../../model/security-group.ts";

/** AWS shows descriptions where rules are reviewed; a group's own cannot be changed later. */
export const securityGroupDescribed = resourceRule({
  id: "security-group-described",
  family: "exposure",
  severity: "low",
  what: "Every security group and every rule says what it is for.",
  why: "A rule that nobody can explain is never removed.",
  mend: "Set description on the group and on each rule: who talks to whom, and why.",
  frameworks: { nist: ["CM-3", "CM-8"], pci: ["1.2.5"], checkov: ["CKV_AWS_23"] },
  presets: ["baseline", "strict", "pci"],
  types: ruleCarriers,
  check({ type, props }, report) {
    // AWS describes a VPC's default group itself.
    if (type !== "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup") {
      mustBeGiven(report, props.at("description"), "is missing");
    }
    if ((T.securityGroup as readonly string[]).includes(type)) {
      for (const rule of groupRules(type, props)) {
        mustBeGiven(report, rule.field.at("description"), "is missing");
      }
    }
  },
});
