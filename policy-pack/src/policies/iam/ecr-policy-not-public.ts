import { reportOpenStatements } from "../../model/open-policy.ts";
import { resourceRule } from "../../rule.ts";

/** On the resource and on its policy resource. */
export const ecrPolicyNotPublic = resourceRule({
  id: "ecr-policy-not-public",
  family: "iam",
  severity: "critical",
  what: "No policy of an image repository allows everybody, without a condition that names who.",
  why: "Any AWS account may read or write it.",
  mend: "Name principals, or add a condition such as aws:PrincipalOrgID or aws:SourceArn.",
  frameworks: { nist: ["AC-3", "AC-6"], pci: ["7.2.1"], hipaa: ["164.312(a)(1)"], checkov: ["CKV_AWS_32"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: ["aws:ecr/repositoryPolicy:RepositoryPolicy", "aws:ecr/registryPolicy:RegistryPolicy"],
  check({ props }, report) {
    reportOpenStatements(props.at("policy"), report, "lets everybody in");
  },
});
