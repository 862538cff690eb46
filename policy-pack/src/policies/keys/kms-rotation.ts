import { mustBeOn } from "../../model/expect.ts";
import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";

/** Asymmetric, HMAC and imported keys cannot. */
export const kmsRotation = resourceRule({
  id: "kms-rotation",
  family: "keys",
  severity: "medium",
  what: "A symmetric KMS key rotates by itself.",
  why: "A key that never changes makes one leak last for ever.",
  mend: "Set enableKeyRotation to true.",
  frameworks: {
    cis: ["3.6"],
    fsbp: ["KMS.4"],
    nist: ["SC-12"],
    pci: ["3.7.4"],
    hipaa: ["164.312(a)(2)(iv)"],
    checkov: ["CKV_AWS_7"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: ["aws:kms/key:Key"],
  check({ props }, report) {
    const spec = [props.at("customerMasterKeySpec").text(), props.at("keySpec").text()].find(
      (text) => text !== undefined,
    );
    const usage = props.at("keyUsage").text();
    if (spec === UNKNOWN || usage === UNKNOWN) {
      report.cannotTell(spec === UNKNOWN ? "customerMasterKeySpec" : "keyUsage");
    } else if (
      (spec === undefined || spec === "SYMMETRIC_DEFAULT") &&
      (usage === undefined || usage === "ENCRYPT_DECRYPT")
    ) {
      mustBeOn(report, props.at("enableKeyRotation"), "the key never rotates");
    }
  },
});
