import { reportOpenStatements } from "../../model/open-policy.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** With a condition that limits the caller it is somebody. */
export const trustNoEverybody = resourceRule({
  id: "trust-no-everybody",
  family: "iam",
  severity: "critical",
  what: "A role's trust policy names who may assume it, never everybody.",
  why: "Any AWS account may become the role.",
  mend: "Name accounts, roles or services, or add a condition such as aws:PrincipalOrgID.",
  frameworks: { nist: ["AC-3", "AC-6"], pci: ["7.2.1"], hipaa: ["164.312(a)(1)"], checkov: ["CKV_AWS_60"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.iamRole,
  check({ props }, report) {
    reportOpenStatements(props.at("assumeRolePolicy"), report, "lets everybody assume the role");
  },
});
