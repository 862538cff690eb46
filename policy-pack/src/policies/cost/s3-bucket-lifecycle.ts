import { reportUnattended } from "../../graph/attended.ts";
import { stackRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** On the bucket or as a resource. */
export const s3BucketLifecycle = stackRule({
  id: "s3-bucket-lifecycle",
  family: "cost",
  severity: "low",
  what: "Every bucket has a life cycle.",
  why: "What nobody deletes is paid for every month.",
  mend: "Add an aws.s3.BucketLifecycleConfiguration.",
  frameworks: { fsbp: ["S3.13"], nist: ["SI-12"], checkov: ["CKV2_AWS_61"] },
  presets: ["strict", "pci", "hipaa"],
  check(graph, report) {
    reportUnattended(
      graph,
      report,
      T.bucket,
      [
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
      ],
      "bucket",
      "has no life cycle",
      "lifecycleRules",
    );
  },
});
