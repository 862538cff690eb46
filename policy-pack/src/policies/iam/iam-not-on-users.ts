import { resourceRule } from "../../rule.ts";

/** An attachment of a user always names one, known or not. */
export const iamNotOnUsers = resourceRule({
  id: "iam-not-on-users",
  family: "iam",
  severity: "medium",
  what: "Policies belong to roles and groups, not to users.",
  why: "A user's own policy is forgotten when the person changes teams.",
  mend: "Attach the policy to a role or a group.",
  frameworks: { cis: ["1.15"], fsbp: ["IAM.2"], nist: ["AC-2", "AC-6"], checkov: ["CKV_AWS_40"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/policyAttachment:PolicyAttachment",
  ],
  check({ props }, report) {
    for (const place of [props.at("user"), props.at("users")]) {
      if (place.isUnknown && place.path === "users") {
        report.cannotTell(place);
      } else if (!place.isUnset && place.items().length > 0) {
        report.broken(place, "names a user");
      }
    }
  },
});
