import { mustBeOn } from "../../model/expect.ts";
import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** The engines that have it. */
export const rdsIamAuthentication = resourceRule({
  id: "rds-iam-authentication",
  family: "iam",
  severity: "low",
  what: "PostgreSQL and MySQL instances accept IAM authentication.",
  why: "Passwords live long and in many places.",
  mend: "Set iamDatabaseAuthenticationEnabled to true.",
  frameworks: { fsbp: ["RDS.10"], nist: ["IA-2", "IA-5"], checkov: ["CKV_AWS_161"] },
  presets: ["strict", "pci", "hipaa"],
  types: T.rdsInstance,
  check({ props }, report) {
    const engine = props.at("engine").text();
    if (engine === UNKNOWN) {
      report.cannotTell("engine");
    } else if (engine === "mysql" || engine === "postgres") {
      mustBeOn(report, props.at("iamDatabaseAuthenticationEnabled"), "only passwords open it");
    }
  },
});
