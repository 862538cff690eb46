import { reportUnattended } from "../../graph/attended.ts";
import { stackRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** The block's own switches are for `s3-public-access-block`. */
export const s3PublicAccessBlocked = stackRule({
  id: "s3-public-access-blocked",
  family: "exposure",
  severity: "critical",
  what: "Every bucket has a public access block.",
  why: "A bucket policy or an object's ACL can otherwise publish the data, now or later.",
  mend: "Add an aws.s3.BucketPublicAccessBlock with all four switches on.",
  frameworks: {
    cis: ["2.1.4"],
    fsbp: ["S3.8"],
    nist: ["AC-3", "AC-4", "SC-7"],
    pci: ["1.4.4"],
    hipaa: ["164.312(a)(1)"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  check(graph, report) {
    reportUnattended(graph, report, T.bucket, T.bucketPublicAccessBlock, "bucket", "has no public access block");
  },
});
