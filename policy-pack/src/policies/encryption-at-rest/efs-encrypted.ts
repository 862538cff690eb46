import { mustBeOn } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** AWS leaves a file system that is made through the API in the clear. */
export const efsEncrypted = resourceRule({
  id: "efs-encrypted",
  family: "encryption-at-rest",
  severity: "high",
  what: "An EFS file system is encrypted.",
  why: "Encryption cannot be switched on later without a new file system.",
  mend: "Set encrypted to true and kmsKeyId to a key of yours.",
  frameworks: {
    cis: ["2.4.1"],
    fsbp: ["EFS.1"],
    nist: ["SC-28"],
    pci: ["3.5.1"],
    hipaa: ["164.312(a)(2)(iv)"],
    checkov: ["CKV_AWS_42"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.efsFileSystem,
  check({ props }, report) {
    mustBeOn(report, props.at("encrypted"), "files lie in the clear");
  },
});
