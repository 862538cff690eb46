import { mustBeOn } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** All four switches; each closes another way in. */
export const s3PublicAccessBlock = resourceRule({
  id: "s3-public-access-block",
  family: "exposure",
  severity: "critical",
  what: "A public access block switches on all four of its protections.",
  why: "A bucket policy or an object's ACL can otherwise publish the data, now or later.",
  mend: "Set blockPublicAcls, blockPublicPolicy, ignorePublicAcls and restrictPublicBuckets to true.",
  frameworks: {
    cis: ["2.1.4"],
    fsbp: ["S3.1", "S3.8"],
    nist: ["AC-3", "AC-4", "SC-7"],
    pci: ["1.4.4", "7.2.1"],
    hipaa: ["164.312(a)(1)"],
    checkov: ["CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.bucketPublicAccessBlock, "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"],
  check({ props }, report) {
    for (const property of ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"]) {
      mustBeOn(report, props.at(property), "a way to publish the data stays open");
    }
  },
});
