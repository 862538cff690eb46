import { UNKNOWN } from "../../model/field.ts";
import { mustBeCustomerKey } from "../../model/keys.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** A cluster without an exec configuration logs nothing of its own. */
export const ecsExecEncrypted = resourceRule({
  id: "ecs-exec-encrypted",
  family: "encryption-at-rest",
  severity: "medium",
  what: "Sessions of ECS Exec are encrypted with a customer managed key, in transit and in their logs.",
  why: "A session shows what is inside the task, secrets included.",
  mend: "Set executeCommandConfiguration.kmsKeyId and logConfiguration.cloudWatchEncryptionEnabled (or s3BucketEncryptionEnabled).",
  frameworks: { nist: ["SC-8", "SC-28"], pci: ["3.6.1"], hipaa: ["164.312(e)(1)"], checkov: ["CKV_AWS_224"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.ecsCluster,
  check({ props }, report) {
    const exec = props.at("configuration", "executeCommandConfiguration");
    if (exec.isUnset || exec.at("logging").text() === "NONE") {
      return;
    }
    mustBeCustomerKey(report, exec.at("kmsKeyId"));
    const logs = exec.at("logConfiguration");
    const flags = [logs.at("cloudWatchEncryptionEnabled").flag(), logs.at("s3BucketEncryptionEnabled").flag()];
    if (flags.includes(true)) {
      return;
    }
    if (flags.includes(UNKNOWN)) {
      report.cannotTell(logs);
    } else {
      report.broken(logs, "does not encrypt what it logs");
    }
  },
});
