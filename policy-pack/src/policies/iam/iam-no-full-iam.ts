import { eachAllowed, identityPolicyTypes } from "../../model/identity-policy.ts";
import { grants, type Statement } from "../../model/policy-document.ts";
import { resourceRule } from "../../rule.ts";

/** `iam:*`, and every wider pattern. */
export const iamNoFullIam = resourceRule({
  id: "iam-no-full-iam",
  family: "iam",
  severity: "critical",
  what: "No IAM policy allows all of IAM.",
  why: "Whoever may change permissions may give himself all.",
  mend: "Name the IAM actions and roles that are needed.",
  frameworks: { fsbp: ["IAM.21"], nist: ["AC-6"], pci: ["7.2.2"], hipaa: ["164.308(a)(4)"], checkov: ["CKV2_AWS_40"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: identityPolicyTypes,
  check({ props }, report) {
    eachAllowed(
      props,
      report,
      (statement) =>
        grants(statement, "iam:CreatePolicyVersion") === true
          ? isWholeIam(statement)
          : grants(statement, "iam:CreatePolicyVersion"),
      "allows all of IAM",
    );
  },
});

/** Several dissimilar actions at once are a pattern, and no list. */
function isWholeIam(statement: Statement): boolean {
  return [
    "iam:DeleteRole",
    "iam:CreateLoginProfile",
    "iam:UploadServerCertificate",
    "iam:SetDefaultPolicyVersion",
  ].every((action) => grants(statement, action) === true);
}
