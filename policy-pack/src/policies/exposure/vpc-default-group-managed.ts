import { reportUnattended } from "../../graph/attended.ts";
import { stackRule } from "../../rule.ts";

/** AWS makes it with rules that let all members in and everything out. */
export const vpcDefaultGroupManaged = stackRule({
  id: "vpc-default-group-managed",
  family: "exposure",
  severity: "medium",
  what: "Every VPC's default security group is managed, and so emptied.",
  why: "What is launched without a group of its own lands in it, and its members reach each other.",
  mend: "Add an aws.ec2.DefaultSecurityGroup with vpcId and no rules.",
  frameworks: { cis: ["5.4"], fsbp: ["EC2.2"], nist: ["AC-4", "SC-7"], pci: ["1.2.5"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  check(graph, report) {
    reportUnattended(
      graph,
      report,
      ["aws:ec2/vpc:Vpc"],
      ["aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"],
      "vpcId",
      "leaves its default security group as AWS made it",
    );
  },
});
