import { mustBeOff } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Everything that has `publiclyAccessible`, not Postgres alone. */
export const databaseNotPublic = resourceRule({
  id: "database-not-public",
  family: "private-placement",
  severity: "critical",
  what: "No database, warehouse, broker or replication instance is publicly accessible.",
  why: "A public address and one wrong security group rule put the data on the internet.",
  mend: "Set publiclyAccessible to false and reach it from inside the VPC.",
  frameworks: {
    cis: ["2.3.3"],
    fsbp: ["RDS.2", "Redshift.1", "DMS.1"],
    nist: ["AC-4", "SC-7"],
    pci: ["1.3.1", "1.4.4"],
    hipaa: ["164.312(a)(1)"],
    checkov: ["CKV_AWS_17"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [
    ...T.rdsInstance,
    ...T.rdsCluster,
    ...T.rdsClusterInstance,
    "aws:docdb/clusterInstance:ClusterInstance",
    "aws:neptune/clusterInstance:ClusterInstance",
    "aws:redshift/cluster:Cluster",
    "aws:redshiftserverless/workgroup:Workgroup",
    "aws:dms/replicationInstance:ReplicationInstance",
    "aws:mq/broker:Broker",
  ],
  check({ type, props }, report) {
    // Redshift is the one whose provider default is public.
    const unset = type === "aws:redshift/cluster:Cluster" ? "broken" : "fine";
    mustBeOff(report, props.at("publiclyAccessible"), "it has a public address", unset);
  },
});
