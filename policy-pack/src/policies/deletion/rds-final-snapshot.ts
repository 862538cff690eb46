import { mustBeOff } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Replicas hold no data of their own. */
export const rdsFinalSnapshot = resourceRule({
  id: "rds-final-snapshot",
  family: "deletion",
  severity: "medium",
  what: "A database leaves a final snapshot when it is deleted.",
  why: "The last state is otherwise the last backup, up to a day old.",
  mend: "Remove skipFinalSnapshot and set finalSnapshotIdentifier.",
  frameworks: { nist: ["CP-9"], hipaa: ["164.308(a)(7)(ii)(A)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [
    ...T.rdsInstance,
    ...T.rdsCluster,
    "aws:docdb/cluster:Cluster",
    "aws:neptune/cluster:Cluster",
    "aws:redshift/cluster:Cluster",
  ],
  check({ props }, report) {
    if (props.at("replicateSourceDb").isUnset) {
      mustBeOff(report, props.at("skipFinalSnapshot"), "deleting it leaves nothing");
    }
  },
});
