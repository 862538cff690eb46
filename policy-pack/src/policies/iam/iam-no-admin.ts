import { both, eachAllowed, either, hasStar, identityPolicyTypes } from "../../model/identity-policy.ts";
import { resourceRule } from "../../rule.ts";

/** `NotAction` and `NotResource` in an Allow are everything but a few. */
export const iamNoAdmin = resourceRule({
  id: "iam-no-admin",
  family: "iam",
  severity: "critical",
  what: "No IAM policy allows everything on everything.",
  why: "Whoever gets hold of the role owns the account.",
  mend: "Name the actions and resources that are needed.",
  frameworks: {
    cis: ["1.16"],
    fsbp: ["IAM.1"],
    nist: ["AC-2", "AC-6"],
    pci: ["7.2.2"],
    hipaa: ["164.308(a)(4)"],
    checkov: ["CKV_AWS_62"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: identityPolicyTypes,
  check({ props }, report) {
    eachAllowed(
      props,
      report,
      (statement) =>
        both(
          either(hasStar(statement.actions), statement.notActions.length > 0),
          either(hasStar(statement.resources), statement.notResources.length > 0),
        ),
      "allows everything on everything",
    );
  },
});
