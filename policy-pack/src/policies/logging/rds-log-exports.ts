import { mustBeGiven } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Which logs there are depends on the engine. */
export const rdsLogExports = resourceRule({
  id: "rds-log-exports",
  family: "logging",
  severity: "medium",
  what: "A database instance exports its logs to CloudWatch.",
  why: "What is only on the instance goes with it.",
  mend: 'Set enabledCloudwatchLogsExports, such as ["postgresql", "upgrade"].',
  frameworks: {
    fsbp: ["RDS.9", "RDS.36"],
    nist: ["AU-2", "AU-12"],
    pci: ["10.2.1"],
    hipaa: ["164.312(b)"],
    checkov: ["CKV_AWS_129"],
  },
  presets: ["strict", "pci", "hipaa"],
  types: T.rdsInstance,
  check({ props }, report) {
    mustBeGiven(report, props.at("enabledCloudwatchLogsExports"), "is not set");
  },
});
