import { mustCount } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** AWS keeps one day where nothing is said, and 35 at most. */
export const rdsBackups = resourceRule({
  id: "rds-backups",
  family: "deletion",
  severity: "high",
  what: "A database keeps automatic backups for the configured time.",
  why: "Without them, yesterday's data is gone.",
  mend: "Set backupRetentionPeriod to 7 days or more.",
  frameworks: {
    fsbp: ["RDS.11", "RDS.14"],
    nist: ["CP-9", "CP-10"],
    pci: ["10.5.1"],
    hipaa: ["164.308(a)(7)(ii)(A)"],
    checkov: ["CKV_AWS_133"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  config: {
    properties: {
      days: { type: "integer", minimum: 1, maximum: 35, default: 1, description: "Least number of days." },
    },
  },
  types: [...T.rdsInstance, ...T.rdsCluster],
  check({ props }, report, config) {
    const least = Number(config["days"]);
    if (!props.at("replicateSourceDb").isUnset && props.at("backupRetentionPeriod").isUnset) {
      return;
    }
    mustCount(
      report,
      props.at("backupRetentionPeriod"),
      (days) => days >= least && days <= 35,
      `is not ${least} to 35 days`,
      "fine",
    );
  },
});
