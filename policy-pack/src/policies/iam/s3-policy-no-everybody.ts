import { reportOpenStatements } from "../../model/open-policy.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** `NotPrincipal` in an Allow is everybody but a few. */
export const s3PolicyNoEverybody = resourceRule({
  id: "s3-policy-no-everybody",
  family: "iam",
  severity: "critical",
  what: "No policy of a bucket or access point allows everybody, without a condition that names who.",
  why: "The data is public, or one wrong condition away from it.",
  mend: "Name principals, or add a condition such as aws:SourceVpce or aws:PrincipalOrgID.",
  frameworks: {
    fsbp: ["S3.2", "S3.3", "S3.6"],
    nist: ["AC-3", "AC-6"],
    pci: ["1.4.4", "7.2.1"],
    hipaa: ["164.312(a)(1)"],
    checkov: ["CKV_AWS_70"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [
    ...T.bucketPolicy,
    ...T.bucket,
    "aws:s3/accessPoint:AccessPoint",
    "aws:s3control/accessPointPolicy:AccessPointPolicy",
  ],
  check({ props }, report) {
    reportOpenStatements(props.at("policy"), report, "lets everybody in");
  },
});
