import { eachAllowed, either, hasStar, identityPolicyTypes } from "../../model/identity-policy.ts";
import { resourceRule } from "../../rule.ts";

/** `NotAction` in an Allow is all actions but a few. */
export const iamNoStarAction = resourceRule({
  id: "iam-no-star-action",
  family: "iam",
  severity: "critical",
  what: "No IAM policy allows all actions, on whatever resources.",
  why: "An action added by AWS tomorrow is allowed tomorrow.",
  mend: "Name the actions that are needed.",
  frameworks: {
    fsbp: ["IAM.1", "IAM.21"],
    nist: ["AC-6"],
    pci: ["7.2.2"],
    hipaa: ["164.308(a)(4)"],
    checkov: ["CKV_AWS_63"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: identityPolicyTypes,
  check({ props }, report) {
    eachAllowed(
      props,
      report,
      (statement) => either(hasStar(statement.actions), statement.notActions.length > 0),
      "allows all actions",
    );
  },
});
