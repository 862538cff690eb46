import { UNKNOWN } from "../../model/field.ts";
import { mustBeCustomerKey } from "../../model/keys.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** What is not encrypted at all is for `ebs-encrypted` to say. */
export const launchTemplateCustomerKey = resourceRule({
  id: "launch-template-customer-key",
  family: "encryption-at-rest",
  severity: "high",
  what: "Encrypted devices of launch templates use a customer managed KMS key.",
  why: "The machines of an Auto Scaling group hold the cache and the model: their disks are the data tier.",
  mend: "Set ebs.kmsKeyId on each block device to the ARN of a key that the Auto Scaling service role may use.",
  frameworks: { fsbp: ["EC2.3"], nist: ["SC-12", "SC-28"], pci: ["3.6.1"], hipaa: ["164.312(a)(2)(iv)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.launchTemplate,
  check({ props }, report) {
    for (const mapping of props.at("blockDeviceMappings").items()) {
      const encrypted = mapping.at("ebs", "encrypted").flag();
      if (encrypted === true || encrypted === UNKNOWN) {
        mustBeCustomerKey(report, mapping.at("ebs", "kmsKeyId"));
      }
    }
  },
});
