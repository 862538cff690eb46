import { mustBeCustomerKey } from "../../model/keys.ts";
import { resourceRule } from "../../rule.ts";

/** Alarms and lifecycle events pass through here. */
export const snsEncrypted = resourceRule({
  id: "sns-encrypted",
  family: "encryption-at-rest",
  severity: "medium",
  what: "An SNS topic is encrypted with a customer managed KMS key.",
  why: "Messages wait on disk, sometimes for days.",
  mend: "Set kmsMasterKeyId to a key of yours.",
  frameworks: { fsbp: ["SNS.1"], nist: ["SC-28"], pci: ["3.5.1"], hipaa: ["164.312(a)(2)(iv)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: ["aws:sns/topic:Topic"],
  check({ props }, report) {
    mustBeCustomerKey(report, props.at("kmsMasterKeyId"));
  },
});
