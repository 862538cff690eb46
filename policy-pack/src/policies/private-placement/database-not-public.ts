import { mustBeGiven, mustBeOff, mustMatch } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

const openSearch = "aws:opensearch/domain:Domain";
const msk = "aws:msk/cluster:Cluster";

/** Everything that has `publiclyAccessible`, not Postgres alone, and what says the same in other words. */
export const databaseNotPublic = resourceRule({
  id: "database-not-public",
  family: "private-placement",
  severity: "critical",
  what: "No database, warehouse, search domain, broker or replication instance is publicly accessible.",
  why: "A public address and one wrong security group rule put the data on the internet.",
  mend: "Set publiclyAccessible to false (OpenSearch: give vpcOptions) and reach it from inside the VPC.",
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
    "aws:timestreaminfluxdb/dbInstance:DbInstance",
    "aws:timestreaminfluxdb/dbCluster:DbCluster",
    openSearch,
    msk,
  ],
  check({ type, props }, report) {
    if (type === openSearch) {
      mustBeGiven(report, props.at("vpcOptions"), "is not set, so its endpoint is public");
      return;
    }
    if (type === msk) {
      const access = props.at("brokerNodeGroupInfo", "connectivityInfo", "publicAccess", "type");
      mustMatch(report, access, (kind) => kind === "DISABLED", "gives the brokers public addresses", "fine");
      return;
    }
    // Redshift is the one whose provider default is public.
    const unset = type === "aws:redshift/cluster:Cluster" ? "broken" : "fine";
    mustBeOff(report, props.at("publiclyAccessible"), "it has a public address", unset);
  },
});
