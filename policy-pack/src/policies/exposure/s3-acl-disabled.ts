import { mustMatch } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";

/** New buckets have them off; this resource may turn them on again. */
export const s3AclDisabled = resourceRule({
  id: "s3-acl-disabled",
  family: "exposure",
  severity: "medium",
  what: "Object ownership switches a bucket's ACLs off.",
  why: "With ACLs on, a single object can be published past the bucket policy.",
  mend: "Set rule.objectOwnership to BucketOwnerEnforced.",
  frameworks: { fsbp: ["S3.12"], nist: ["AC-3", "AC-6"], checkov: ["CKV2_AWS_65"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: ["aws:s3/bucketOwnershipControls:BucketOwnershipControls"],
  check({ props }, report) {
    mustMatch(report, props.at("rule", "objectOwnership"), (mode) => mode === "BucketOwnerEnforced", "leaves ACLs on");
  },
});
