import { mustBeCustomerKey } from "../../model/keys.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Where each type names its key. */
const keyProperty: Readonly<Record<string, string>> = {
  "aws:ebs/volume:Volume": "kmsKeyId",
  "aws:ebs/snapshotCopy:SnapshotCopy": "kmsKeyId",
  "aws:efs/fileSystem:FileSystem": "kmsKeyId",
  "aws:rds/instance:Instance": "kmsKeyId",
  "aws:rds/cluster:Cluster": "kmsKeyId",
  "aws:secretsmanager/secret:Secret": "kmsKeyId",
  "aws:cloudwatch/logGroup:LogGroup": "kmsKeyId",
  "aws:elasticache/replicationGroup:ReplicationGroup": "kmsKeyId",
};

/** The services that hold this platform's data, secrets and logs. */
export const customerKey = resourceRule({
  id: "customer-key",
  family: "encryption-at-rest",
  severity: "high",
  what: "Volumes, file systems, databases, caches, secrets and log groups are encrypted with a customer managed KMS key.",
  why: "With a key of AWS's own, nobody can limit, watch or withdraw who decrypts.",
  mend: "Pass the id or ARN of an aws.kms.Key of yours as kmsKeyId.",
  frameworks: {
    fsbp: ["EC2.3", "RDS.3", "SecretsManager.3"],
    nist: ["SC-12", "SC-28"],
    pci: ["3.6.1"],
    hipaa: ["164.312(a)(2)(iv)"],
    checkov: ["CKV_AWS_149", "CKV_AWS_158", "CKV_AWS_183", "CKV_AWS_184", "CKV_AWS_189", "CKV_AWS_191"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: Object.keys(keyProperty),
  check({ type, props }, report) {
    // A read replica in the source's region keeps the source's key.
    if (type === T.rdsInstance[0] && !props.at("replicateSourceDb").isUnset && props.at("kmsKeyId").isUnset) {
      return;
    }
    mustBeCustomerKey(report, props.at(keyProperty[type] ?? "kmsKeyId"));
  },
});
