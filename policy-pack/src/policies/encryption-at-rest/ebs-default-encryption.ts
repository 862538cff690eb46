import { mustBeOn } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";

/** The account setting; unset means on for this resource. */
export const ebsDefaultEncryption = resourceRule({
  id: "ebs-default-encryption",
  family: "encryption-at-rest",
  severity: "medium",
  what: "Encryption of new EBS volumes by default is not switched off.",
  why: "Volumes made by hand or by other tools are then in the clear.",
  mend: "Set enabled to true.",
  frameworks: {
    cis: ["2.2.1"],
    fsbp: ["EC2.7"],
    nist: ["SC-28"],
    pci: ["3.5.1"],
    hipaa: ["164.312(a)(2)(iv)"],
    checkov: ["CKV_AWS_106"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: ["aws:ebs/encryptionByDefault:EncryptionByDefault"],
  check({ props }, report) {
    mustBeOn(report, props.at("enabled"), "new volumes are in the clear", "fine");
  },
});
