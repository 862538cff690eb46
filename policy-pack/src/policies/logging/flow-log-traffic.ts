import { mustMatch } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Whether a VPC has a flow log is for the stack rule `vpc-flow-logs`. */
export const flowLogTraffic = resourceRule({
  id: "flow-log-traffic",
  family: "logging",
  severity: "low",
  what: "A flow log records refused traffic too.",
  why: "What was refused is what an attack looks like.",
  mend: "Set trafficType to ALL or REJECT.",
  frameworks: { cis: ["3.7"], fsbp: ["EC2.6"], nist: ["AU-12", "SI-4"], pci: ["10.2.1"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.flowLog,
  check({ props }, report) {
    mustMatch(
      report,
      props.at("trafficType"),
      (type) => type.toUpperCase() !== "ACCEPT",
      "leaves refused traffic out",
      "fine",
    );
  },
});
