import { UNKNOWN } from "../../model/field.ts";
import { isEverybody, statementsOf } from "../../model/policy-document.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Whatever conditions stand beside it: they are one edit away from gone. */
export const trustNoEverybody = resourceRule({
  id: "trust-no-everybody",
  family: "iam",
  severity: "critical",
  what: "A role's trust policy names who may assume it, never everybody.",
  why: "Any AWS account may become the role.",
  mend: "Name accounts, roles or services.",
  frameworks: { nist: ["AC-3", "AC-6"], pci: ["7.2.1"], hipaa: ["164.312(a)(1)"], checkov: ["CKV_AWS_60"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.iamRole,
  check({ props }, report) {
    const statements = statementsOf(props.at("assumeRolePolicy"));
    if (statements === UNKNOWN) {
      report.cannotTell("assumeRolePolicy");
      return;
    }
    for (const statement of statements.filter(({ allows }) => allows !== false)) {
      const everybody = isEverybody(statement);
      if (everybody === true && statement.allows === true) {
        report.broken(statement.field, "lets everybody assume the role");
      } else if (everybody !== false) {
        report.cannotTell(statement.field, "has a principal that is not known before `up`", ["*"]);
      }
    }
  },
});
