import { reportUnattended } from "../../graph/attended.ts";
import { stackRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** On the bucket or as a resource; its kind is for `s3-kms-encryption`. */
export const s3BucketEncrypted = stackRule({
  id: "s3-bucket-encrypted",
  family: "encryption-at-rest",
  severity: "high",
  what: "Every bucket says how it is encrypted.",
  why: "Without a configuration AWS takes a key of its own, which no key policy guards.",
  mend: "Add an aws.s3.BucketServerSideEncryptionConfiguration with aws:kms and a key of yours.",
  frameworks: {
    fsbp: ["S3.17"],
    nist: ["SC-28"],
    pci: ["3.5.1"],
    hipaa: ["164.312(a)(2)(iv)"],
    checkov: ["CKV_AWS_19", "CKV_AWS_145"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  check(graph, report) {
    reportUnattended(
      graph,
      report,
      T.bucket,
      [
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
      ],
      "bucket",
      "has no encryption configuration",
      "serverSideEncryptionConfiguration",
    );
  },
});
