import { type Field, UNKNOWN } from "../../model/field.ts";
import { type Report, resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Groups of everybody: with an account (which anybody can open) or without. */
const everybody = /\/groups\/global\/(AllUsers|AuthenticatedUsers)$/;

/** Canned ACLs and single grants, on the bucket or on its ACL resource. */
export const s3AclPrivate = resourceRule({
  id: "s3-acl-private",
  family: "exposure",
  severity: "critical",
  what: "No bucket ACL lets everybody, or every AWS account, read or write.",
  why: "AuthenticatedUsers is anybody who has opened an AWS account.",
  mend: "Leave ACLs out (object ownership BucketOwnerEnforced) and grant by bucket policy to named principals.",
  frameworks: {
    fsbp: ["S3.2", "S3.3", "S3.12"],
    nist: ["AC-3", "AC-6"],
    pci: ["1.4.4", "7.2.1"],
    hipaa: ["164.312(a)(1)"],
    checkov: ["CKV_AWS_20", "CKV_AWS_57", "CKV2_AWS_43"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.bucket, ...T.bucketAcl, "aws:s3/bucketObject:BucketObject", "aws:s3/bucketObjectv2:BucketObjectv2"],
  check({ props }, report) {
    const acl = props.at("acl");
    const canned = acl.text();
    if (canned === UNKNOWN) {
      report.cannotTell(acl);
    } else if (
      canned !== undefined &&
      ["public-read", "public-read-write", "authenticated-read", "website"].includes(canned.toLowerCase())
    ) {
      report.broken(acl, "lets everybody in");
    }
    for (const grant of [...props.at("grants").items(), ...props.at("accessControlPolicy", "grants").items()]) {
      reportGrant(grant, report);
    }
  },
});

function reportGrant(grant: Field, report: Report): void {
  for (const uri of [grant.at("uri"), grant.at("grantee", "uri")]) {
    const text = uri.text();
    if (text === UNKNOWN) {
      report.cannotTell(uri);
    } else if (text !== undefined && everybody.test(text)) {
      report.broken(uri, "names a group of everybody");
    }
  }
}
