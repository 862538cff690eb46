import { reportOpenStatements } from "../../model/open-policy.ts";
import { resourceRule } from "../../rule.ts";

/** On the resource and on its policy resource. */
export const secretPolicyNotPublic = resourceRule({
  id: "secret-policy-not-public",
  family: "iam",
  severity: "critical",
  what: "No policy of a secret allows everybody, without a condition that names who.",
  why: "Any AWS account may read or write it.",
  mend: "Name principals, or add a condition such as aws:PrincipalOrgID or aws:SourceArn.",
  frameworks: { nist: ["AC-3", "AC-6"], pci: ["7.2.1"], hipaa: ["164.312(a)(1)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: ["aws:secretsmanager/secretPolicy:SecretPolicy", "aws:secretsmanager/secret:Secret"],
  check({ props }, report) {
    reportOpenStatements(props.at("policy"), report, "lets everybody in");
  },
});
