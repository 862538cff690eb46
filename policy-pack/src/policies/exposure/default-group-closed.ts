import { resourceRule } from "../../rule.ts";

/** The VPC's default group joins whatever names no group: it has to be empty. */
export const defaultGroupClosed = resourceRule({
  id: "default-group-closed",
  family: "exposure",
  severity: "high",
  what: "A VPC's default security group has no rules.",
  why: "What is launched without a group of its own lands in it, and its members reach each other.",
  mend: "Manage it with aws.ec2.DefaultSecurityGroup without ingress and egress.",
  frameworks: { cis: ["5.4"], fsbp: ["EC2.2"], nist: ["AC-4", "SC-7"], pci: ["1.2.5"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: ["aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"],
  check({ props }, report) {
    for (const list of [props.at("ingress"), props.at("egress")]) {
      if (list.isUnknown) {
        report.cannotTell(list);
      } else if (list.items().length > 0) {
        report.broken(list, "has rules");
      }
    }
  },
});
