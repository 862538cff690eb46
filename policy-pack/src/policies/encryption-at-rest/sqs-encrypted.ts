import { mustBeCustomerKey } from "../../model/keys.ts";
import { resourceRule } from "../../rule.ts";

/** Alarms and lifecycle events pass through here. */
export const sqsEncrypted = resourceRule({
  id: "sqs-encrypted",
  family: "encryption-at-rest",
  severity: "medium",
  what: "An SQS queue is encrypted, by SQS or with a customer managed KMS key.",
  why: "Messages wait on disk, sometimes for days.",
  mend: "Set kmsMasterKeyId to a key of yours, or sqsManagedSseEnabled to true.",
  frameworks: { fsbp: ["SQS.1"], nist: ["SC-28"], pci: ["3.5.1"], hipaa: ["164.312(a)(2)(iv)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: ["aws:sqs/queue:Queue"],
  check({ props }, report) {
    if (props.at("sqsManagedSseEnabled").flag() === true && props.at("kmsMasterKeyId").isUnset) {
      return;
    }
    mustBeCustomerKey(report, props.at("kmsMasterKeyId"));
  },
});
