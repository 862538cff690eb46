import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

const attachments = [
  "aws:iam/policyAttachment:PolicyAttachment",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  "aws:iam/userPolicyAttachment:UserPolicyAttachment",
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
  "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
  "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
];

/** In any partition, by attachment or on the role. */
export const iamNoAdminAttachment = resourceRule({
  id: "iam-no-admin-attachment",
  family: "iam",
  severity: "critical",
  what: "Nobody gets AWS's AdministratorAccess or IAMFullAccess policy.",
  why: "Whoever gets hold of the role owns the account.",
  mend: "Attach a policy of your own with the actions that are needed.",
  frameworks: {
    cis: ["1.16"],
    nist: ["AC-6"],
    pci: ["7.2.2"],
    hipaa: ["164.308(a)(4)"],
    checkov: ["CKV_AWS_274", "CKV2_AWS_56"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...attachments, ...T.iamRole],
  check({ props }, report) {
    for (const arn of [
      ...props.at("policyArn").items(),
      ...props.at("managedPolicyArn").items(),
      ...props.at("managedPolicyArns").items(),
      ...props.at("policyArns").items(),
    ]) {
      const text = arn.text();
      if (text === UNKNOWN) {
        report.cannotTell(arn, undefined, ["aws:iam/policy:Policy"]);
      } else if (text !== undefined && /policy\/(AdministratorAccess|IAMFullAccess)$/.test(text)) {
        report.broken(arn, "is an administrator's policy");
      }
    }
  },
});
