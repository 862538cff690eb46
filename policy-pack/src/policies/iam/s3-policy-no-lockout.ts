import { UNKNOWN } from "../../model/field.ts";
import { grants, statementsOf } from "../../model/policy-document.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** A Deny for all principals that covers s3:PutBucketPolicy. */
export const s3PolicyNoLockout = resourceRule({
  id: "s3-policy-no-lockout",
  family: "iam",
  severity: "high",
  what: "No bucket policy locks everybody out of changing it.",
  why: "Only the root user of the account can undo it.",
  mend: "Limit the Deny by a condition or to the actions that are meant.",
  frameworks: { nist: ["AC-3", "CP-10"], checkov: ["CKV_AWS_93"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.bucketPolicy, ...T.bucket],
  check({ props }, report) {
    const statements = statementsOf(props.at("policy"));
    if (statements === UNKNOWN) {
      report.cannotTell("policy");
      return;
    }
    for (const statement of statements) {
      const denies =
        statement.allows === false && statement.conditions.length === 0 && statement.notActions.length === 0;
      const everybody = statement.principals.some(({ kind, value }) => kind !== "Service" && value === "*");
      if (denies && everybody && grants(statement, "s3:PutBucketPolicy") === true) {
        report.broken(statement.field, "denies everybody the right to change it");
      } else if (statement.field.holdsUnknown() && statement.allows !== true) {
        report.cannotTell(statement.field, "has a part that is not known before `up`");
      }
    }
  },
});
