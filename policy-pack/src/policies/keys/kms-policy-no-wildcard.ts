import { reportOpenStatements } from "../../model/open-policy.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** On the key and on its policy resource, as text or as an object. */
export const kmsPolicyNoWildcard = resourceRule({
  id: "kms-policy-no-wildcard",
  family: "keys",
  severity: "critical",
  what: "No KMS key policy allows everybody, without a condition that names who.",
  why: "Whoever is allowed by the key policy needs no other permission in his own account.",
  mend: "Name account roots or roles as principals, or add a condition such as aws:PrincipalOrgID.",
  frameworks: {
    fsbp: ["KMS.5"],
    nist: ["AC-3", "AC-6"],
    pci: ["3.6.1", "7.2.1"],
    hipaa: ["164.312(a)(1)"],
    checkov: ["CKV_AWS_33"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.kmsKey, ...T.kmsKeyPolicy],
  check({ props }, report) {
    reportOpenStatements(props.at("policy"), report, "lets everybody use the key");
  },
});
