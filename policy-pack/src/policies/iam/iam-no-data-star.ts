import { eachAllowed, grantsOnEverything, identityPolicyTypes } from "../../model/identity-policy.ts";
import { resourceRule } from "../../rule.ts";

/** The actions that answer with data, a secret or plaintext. */
export const iamNoDataStar = resourceRule({
  id: "iam-no-data-star",
  family: "iam",
  severity: "high",
  what: "No IAM policy reads or decrypts data of all resources.",
  why: "One role that may read every bucket, secret or key makes one leak a leak of all.",
  mend: "Name the buckets, secrets, tables and keys.",
  frameworks: {
    fsbp: ["KMS.1", "KMS.2"],
    nist: ["AC-6"],
    pci: ["7.2.2"],
    hipaa: ["164.312(a)(1)"],
    checkov: ["CKV_AWS_288"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: identityPolicyTypes,
  check({ props }, report) {
    eachAllowed(
      props,
      report,
      (statement) => grantsOnEverything(statement, dataActions),
      "reads data of all resources",
    );
  },
});

const dataActions = [
  "s3:GetObject",
  "secretsmanager:GetSecretValue",
  "ssm:GetParameter",
  "ssm:GetParameters",
  "ssm:GetParametersByPath",
  "kms:Decrypt",
  "kms:ReEncryptFrom",
  "dynamodb:GetItem",
  "dynamodb:Scan",
  "rds-data:ExecuteStatement",
];
