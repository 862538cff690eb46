import { type Field, UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";

/** A rule with a filter ends only some of them. */
export const s3LifecycleAbortsUploads = resourceRule({
  id: "s3-lifecycle-aborts-uploads",
  family: "deletion",
  severity: "low",
  what: "A bucket's life cycle ends uploads that were never finished.",
  why: "Their parts are billed for ever, and no listing shows them.",
  mend: "Add an enabled rule with abortIncompleteMultipartUpload.daysAfterInitiation.",
  frameworks: { fsbp: ["S3.13"], nist: ["SI-12"], checkov: ["CKV_AWS_300"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
  ],
  check({ props }, report) {
    const ends = props
      .at("rules")
      .items()
      .map((rule) => {
        const days = rule.at("abortIncompleteMultipartUpload", "daysAfterInitiation").number();
        const status = rule.at("status").text();
        if (status === UNKNOWN || days === UNKNOWN) {
          return UNKNOWN;
        }
        return status === "Enabled" && days !== undefined && coversAll(rule);
      });
    if (ends.includes(true)) {
      return;
    }
    if (ends.includes(UNKNOWN)) {
      report.cannotTell("rules");
    } else {
      report.broken("rules", "has no enabled rule that ends unfinished uploads");
    }
  },
});

function coversAll(rule: Field): boolean {
  const filter = rule.at("filter");
  const prefix = rule.at("prefix");
  return prefix.isUnset && (filter.isUnset || filter.keys().every((key) => filter.at(key).isUnset));
}
