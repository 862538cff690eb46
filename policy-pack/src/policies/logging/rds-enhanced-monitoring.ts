import { mustCount } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Seconds between samples; 0 is off. */
export const rdsEnhancedMonitoring = resourceRule({
  id: "rds-enhanced-monitoring",
  family: "logging",
  severity: "low",
  what: "A database instance has enhanced monitoring.",
  why: "CPU and memory per process are seen from inside only.",
  mend: "Set monitoringInterval to 60 or less, and monitoringRoleArn.",
  frameworks: { fsbp: ["RDS.6"], nist: ["SI-4"], checkov: ["CKV_AWS_118"] },
  presets: ["strict"],
  types: [...T.rdsInstance, ...T.rdsClusterInstance],
  check({ props }, report) {
    mustCount(
      report,
      props.at("monitoringInterval"),
      (seconds) => [1, 5, 10, 15, 30, 60].includes(seconds),
      "switches it off",
    );
  },
});
