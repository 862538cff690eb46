import { mustBeOn } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** A replica or restored instance takes its source's encryption and need not repeat it. */
export const rdsEncrypted = resourceRule({
  id: "rds-encrypted",
  family: "encryption-at-rest",
  severity: "high",
  what: "Databases keep their storage encrypted.",
  why: "Encryption cannot be switched on later without replacing the database.",
  mend: "Set storageEncrypted to true and kmsKeyId to a key of yours.",
  frameworks: {
    cis: ["2.3.1"],
    fsbp: ["RDS.3", "RDS.27"],
    nist: ["SC-28"],
    pci: ["3.5.1"],
    hipaa: ["164.312(a)(2)(iv)"],
    checkov: ["CKV_AWS_16", "CKV_AWS_96", "CKV_AWS_74", "CKV_AWS_44"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.rdsInstance, ...T.rdsCluster, "aws:docdb/cluster:Cluster", "aws:neptune/cluster:Cluster"],
  check({ props }, report) {
    // Aurora Serverless v1 encrypts always, and takes no other word for it.
    if (props.at("engineMode").text() === "serverless") {
      return;
    }
    const inherits = ["replicateSourceDb", "snapshotIdentifier", "restoreToPointInTime", "replicationSourceIdentifier"];
    const unset = inherits.some((property) => !props.at(property).isUnset) ? "fine" : "broken";
    mustBeOn(report, props.at("storageEncrypted"), "the data lies in the clear", unset);
  },
});
