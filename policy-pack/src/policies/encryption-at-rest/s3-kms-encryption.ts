import { type Field, UNKNOWN } from "../../model/field.ts";
import { mustBeCustomerKey } from "../../model/keys.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Whether a bucket has a configuration at all is for the stack rule `s3-bucket-encrypted`. Load balancers can write their access logs to SSE-S3 buckets only; such a bucket carries the tag Purpose: access-logs. */
export const s3KmsEncryption = resourceRule({
  id: "s3-kms-encryption",
  family: "encryption-at-rest",
  severity: "medium",
  what: "A bucket that sets its encryption sets KMS, with a customer managed key.",
  why: "With SSE-S3, whoever may read the object may read its content: no key policy stands between.",
  mend: "Set sseAlgorithm to aws:kms and kmsMasterKeyId to a key of yours.",
  frameworks: { fsbp: ["S3.17"], nist: ["SC-12", "SC-28"], pci: ["3.6.1"], hipaa: ["164.312(a)(2)(iv)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [
    ...T.bucket,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
  ],
  check({ type, props }, report) {
    const inline = (T.bucket as readonly string[]).includes(type);
    const rules = (inline ? props.at("serverSideEncryptionConfiguration", "rule") : props.at("rules")).items();
    for (const rule of rules) {
      const defaults = rule.at("applyServerSideEncryptionByDefault");
      if (defaults.isUnset) {
        continue;
      }
      const algorithm = defaults.at("sseAlgorithm").text();
      if (algorithm === UNKNOWN) {
        report.cannotTell(defaults.at("sseAlgorithm"));
      } else if (algorithm?.startsWith("aws:kms") === true) {
        mustBeCustomerKey(report, defaults.at("kmsMasterKeyId"));
      } else if (!isLogTarget(props)) {
        report.broken(defaults.at("sseAlgorithm"), "is not aws:kms");
      }
    }
  },
});

function isLogTarget(props: Field): boolean {
  const purpose = props.at("tags", "Purpose").text();
  return typeof purpose === "string" && purpose.toLowerCase() === "access-logs";
}
