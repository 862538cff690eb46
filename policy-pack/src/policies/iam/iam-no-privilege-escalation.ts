import { eachAllowed, grantsOnEverything, identityPolicyTypes } from "../../model/identity-policy.ts";
import { resourceRule } from "../../rule.ts";

/** The actions by which a permission turns into all permissions. */
export const iamNoPrivilegeEscalation = resourceRule({
  id: "iam-no-privilege-escalation",
  family: "iam",
  severity: "high",
  what: "No IAM policy lets its holder raise its own permissions on all resources.",
  why: "Passing any role to a service, or writing any policy, is the whole account by another name.",
  mend: "Limit iam:PassRole to the roles that are passed, with iam:PassedToService, and leave policy-writing actions to the pipeline.",
  frameworks: { nist: ["AC-5", "AC-6"], pci: ["7.2.2"], hipaa: ["164.308(a)(4)"], checkov: ["CKV_AWS_286"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: identityPolicyTypes,
  check({ props }, report) {
    eachAllowed(
      props,
      report,
      (statement) => grantsOnEverything(statement, escalations),
      "lets its holder raise its own permissions",
    );
  },
});

const escalations = [
  "iam:PassRole",
  "iam:CreatePolicyVersion",
  "iam:SetDefaultPolicyVersion",
  "iam:AttachUserPolicy",
  "iam:AttachGroupPolicy",
  "iam:AttachRolePolicy",
  "iam:PutUserPolicy",
  "iam:PutGroupPolicy",
  "iam:PutRolePolicy",
  "iam:UpdateAssumeRolePolicy",
  "iam:CreateAccessKey",
  "iam:CreateLoginProfile",
  "iam:UpdateLoginProfile",
  "iam:AddUserToGroup",
];
