import { reportUnattended } from "../../graph/attended.ts";
import { stackRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** On the bucket or as a resource. */
export const s3BucketVersioned = stackRule({
  id: "s3-bucket-versioned",
  family: "deletion",
  severity: "medium",
  what: "Every bucket keeps old versions of its objects.",
  why: "An overwritten or deleted object is otherwise gone.",
  mend: "Add an aws.s3.BucketVersioning with status Enabled.",
  frameworks: { fsbp: ["S3.14"], nist: ["CP-9", "SI-12"], pci: ["10.3.3"], checkov: ["CKV_AWS_21"] },
  presets: ["strict", "pci", "hipaa"],
  check(graph, report) {
    reportUnattended(
      graph,
      report,
      T.bucket,
      ["aws:s3/bucketVersioning:BucketVersioning", "aws:s3/bucketVersioningV2:BucketVersioningV2"],
      "bucket",
      "keeps no versions",
      "versioning",
    );
  },
});
