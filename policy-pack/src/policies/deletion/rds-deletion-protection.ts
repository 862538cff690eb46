import { mustBeOn } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Replicas hold no data of their own. */
export const rdsDeletionProtection = resourceRule({
  id: "rds-deletion-protection",
  family: "deletion",
  severity: "high",
  what: "A database is protected against deletion.",
  why: "One wrong preview deletes the data.",
  mend: "Set deletionProtection to true.",
  frameworks: {
    fsbp: ["RDS.7", "RDS.8"],
    nist: ["CM-3", "CP-9", "SI-13"],
    pci: ["3.2.1"],
    checkov: ["CKV_AWS_139", "CKV_AWS_293"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.rdsInstance, ...T.rdsCluster, "aws:docdb/cluster:Cluster", "aws:neptune/cluster:Cluster"],
  check({ type, props }, report) {
    if ((T.rdsInstance as readonly string[]).includes(type) && !props.at("replicateSourceDb").isUnset) {
      return;
    }
    mustBeOn(report, props.at("deletionProtection"), "a wrong preview deletes the data");
  },
});
