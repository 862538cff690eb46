import { mustBeOn } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Enabled by default; external and replica keys call the property `enabled`. */
export const kmsKeyEnabled = resourceRule({
  id: "kms-key-enabled",
  family: "keys",
  severity: "medium",
  what: "A KMS key is enabled.",
  why: "Whatever it encrypts cannot be read while it is disabled.",
  mend: "Remove isEnabled: false.",
  frameworks: { nist: ["SC-12"], checkov: ["CKV_AWS_227"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.kmsKey,
  check({ props }, report) {
    mustBeOn(report, props.at("isEnabled"), "what it encrypts cannot be read", "fine");
    mustBeOn(report, props.at("enabled"), "what it encrypts cannot be read", "fine");
  },
});
