import { reportUnattended } from "../../graph/attended.ts";
import { stackRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** For VPCs of this stack. */
export const vpcFlowLogs = stackRule({
  id: "vpc-flow-logs",
  family: "logging",
  severity: "medium",
  what: "Every VPC has a flow log.",
  why: "After an intrusion nobody can say where the data went.",
  mend: "Add an aws.ec2.FlowLog with vpcId.",
  frameworks: { cis: ["3.7"], fsbp: ["EC2.6"], nist: ["AU-12", "SI-4"], pci: ["10.2.1"], hipaa: ["164.312(b)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  check(graph, report) {
    reportUnattended(graph, report, ["aws:ec2/vpc:Vpc"], T.flowLog, "vpcId", "has no flow log");
  },
});
