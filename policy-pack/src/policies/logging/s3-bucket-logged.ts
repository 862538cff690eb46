import { reportUnattended } from "../../graph/attended.ts";
import { stackRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** On the bucket or as a resource. */
export const s3BucketLogged = stackRule({
  id: "s3-bucket-logged",
  family: "logging",
  severity: "low",
  what: "Every bucket logs who reads and writes it.",
  why: "After a leak nobody can say what was taken.",
  mend: "Add an aws.s3.BucketLogging, or log object access with CloudTrail and suppress the rule.",
  frameworks: { cis: ["3.4"], fsbp: ["S3.9"], nist: ["AU-2", "AU-12"], pci: ["10.2.1"], checkov: ["CKV_AWS_18"] },
  presets: ["strict"],
  check(graph, report) {
    reportUnattended(
      graph,
      report,
      T.bucket,
      ["aws:s3/bucketLogging:BucketLogging", "aws:s3/bucketLoggingV2:BucketLoggingV2"],
      "bucket",
      "logs nothing",
      "logging",
    );
  },
});
