import { type Field, UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";

const accounts = (props: Field) => props.at("sharedAccounts").items();

/** Where each type names whom it gives a copy to. "All", in any case, is everybody. */
const readers: Readonly<Record<string, (props: Field) => Field[]>> = {
  "aws:ec2/amiLaunchPermission:AmiLaunchPermission": (props) => [props.at("group")],
  "aws:imagebuilder/distributionConfiguration:DistributionConfiguration": (props) =>
    props
      .at("distributions")
      .items()
      .flatMap((each) => each.at("amiDistributionConfiguration", "launchPermission", "userGroups").items()),
  "aws:rds/snapshot:Snapshot": accounts,
  "aws:rds/snapshotCopy:SnapshotCopy": accounts,
  "aws:rds/clusterSnapshot:ClusterSnapshot": accounts,
  "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy": accounts,
  "aws:ssm/document:Document": (props) =>
    ["account_ids", "accountIds"].map((property) => props.at("permissions", property)),
};

/** A snapshot holds the data of its database, and an image that of its volumes, with whatever was left on them. */
export const copiesNotPublic = resourceRule({
  id: "copies-not-public",
  family: "exposure",
  severity: "critical",
  what: "No machine image, database snapshot or Systems Manager document is shared with every AWS account.",
  why: "Anybody with an account copies what is in it, and keeps the copy.",
  mend: "Share it with accounts or an organization by name.",
  frameworks: { fsbp: ["RDS.1", "SSM.4"], nist: ["AC-3", "SC-7"], pci: ["7.2.1"], hipaa: ["164.312(a)(1)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: Object.keys(readers),
  check({ type, props }, report) {
    for (const field of readers[type]?.(props) ?? []) {
      const text = field.text();
      if (text === UNKNOWN) {
        report.cannotTell(field);
      } else if (text?.split(",").some((name) => name.trim().toLowerCase() === "all") === true) {
        report.broken(field, "is every AWS account");
      }
    }
  },
});
