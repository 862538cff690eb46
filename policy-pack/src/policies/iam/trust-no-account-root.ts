import { UNKNOWN } from "../../model/field.ts";
import { statementsOf } from "../../model/policy-document.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** An account id alone means its root, which is everybody there. */
export const trustNoAccountRoot = resourceRule({
  id: "trust-no-account-root",
  family: "iam",
  severity: "medium",
  what: "A role's trust policy names roles or services, not whole accounts.",
  why: "Every principal of that account that its administrators allow may become the role.",
  mend: "Name the role's ARN, or the service.",
  frameworks: { nist: ["AC-6"], pci: ["7.2.2"], checkov: ["CKV_AWS_61"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.iamRole,
  check({ props }, report) {
    const statements = statementsOf(props.at("assumeRolePolicy"));
    if (statements === UNKNOWN) {
      report.cannotTell("assumeRolePolicy");
      return;
    }
    for (const { field, allows, principals } of statements.filter((statement) => statement.allows !== false)) {
      const accounts = principals.filter(
        ({ kind, value }) => kind === "AWS" && value !== UNKNOWN && /^(\d{12}|arn:[^:]*:iam::\d{12}:root)$/.test(value),
      );
      if (accounts.length > 0 && allows === true) {
        report.broken(field, "trusts a whole account");
      } else if (accounts.length > 0 || principals.some(({ value }) => value === UNKNOWN)) {
        report.cannotTell(field, "has a principal that is not known before `up`", ["*"]);
      }
    }
  },
});
