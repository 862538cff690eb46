import { UNKNOWN } from "../../model/field.ts";
import { mustBeCustomerKey } from "../../model/keys.ts";
import { resourceRule } from "../../rule.ts";

/** Plain parameters hold no secrets; secrets in them are for `no-secrets-in-environment` to find elsewhere. */
export const ssmSecureParameterKey = resourceRule({
  id: "ssm-secure-parameter-key",
  family: "encryption-at-rest",
  severity: "medium",
  what: "A SecureString parameter is encrypted with a customer managed KMS key.",
  why: "With the default key every principal that may read parameters reads the secret.",
  mend: "Set keyId to a key of yours.",
  frameworks: { nist: ["SC-12", "SC-28"], pci: ["3.6.1"], hipaa: ["164.312(a)(2)(iv)"], checkov: ["CKV_AWS_337"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: ["aws:ssm/parameter:Parameter"],
  check({ props }, report) {
    const type = props.at("type").text();
    if (type === UNKNOWN) {
      report.cannotTell("type");
    } else if (type === "SecureString") {
      mustBeCustomerKey(report, props.at("keyId"));
    }
  },
});
