import { UNKNOWN } from "../../model/field.ts";
import { mustBeOn } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Off by default. */
export const rdsCopiesTags = resourceRule({
  id: "rds-copies-tags",
  family: "tagging",
  severity: "low",
  what: "Databases copy their tags to snapshots.",
  why: "Snapshots without tags belong to nobody, and are kept for ever.",
  mend: "Set copyTagsToSnapshot to true.",
  frameworks: { fsbp: ["RDS.16", "RDS.17"], nist: ["CM-8"], checkov: ["CKV_AWS_313", "CKV2_AWS_60"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.rdsInstance, ...T.rdsCluster, "aws:neptune/cluster:Cluster"],
  check({ type, props }, report) {
    const engine = props.at("engine").text();
    if (!(T.rdsInstance as readonly string[]).includes(type) || engine === undefined) {
      mustBeOn(report, props.at("copyTagsToSnapshot"), "snapshots have no tags");
    } else if (engine === UNKNOWN) {
      report.cannotTell("engine");
    } else if (/^(aurora|neptune|docdb)/.test(engine)) {
      // The setting is taken and does nothing: snapshots of these engines belong to the cluster.
      report.broken(props.at("copyTagsToSnapshot"), "does nothing for this engine");
    } else {
      mustBeOn(report, props.at("copyTagsToSnapshot"), "snapshots have no tags");
    }
  },
});
