import { anyOfPorts, reportOpenRules } from "../../model/open-ingress.ts";
import { ruleCarriers } from "../../model/security-group.ts";
import { resourceRule } from "../../rule.ts";

/** TCP and UDP ports by what listens there. */
const dataPorts = [
  // Relational databases and warehouses.
  1433, 1434, 1521, 3306, 5432, 5439,
  // Caches: Redis and Valkey with their cluster bus, memcached.
  6379, 6380, 16379, 11211,
  // Documents, search, columns, graphs.
  27017, 27018, 9200, 9300, 7000, 7001, 9042, 8182,
  // Queues and coordination.
  5671, 5672, 9092, 9094, 2181, 2379, 2380,
  // Cluster and machine management, file shares.
  10250, 135, 445, 2049, 5985, 5986,
];

/** What stands on these ports holds data or runs the cluster; the hot tier and its cluster bus among them. */
export const dataPortsNotOpen = resourceRule({
  id: "data-ports-not-open",
  family: "exposure",
  severity: "critical",
  what: "No security group opens a database, cache, search, queue or cluster port to the internet.",
  why: "Databases and caches are not built to stand on the internet, and many ask for no password.",
  mend: "Name the security groups or private ranges of the clients instead.",
  frameworks: {
    fsbp: ["EC2.19"],
    nist: ["AC-4", "SC-7"],
    pci: ["1.3.1", "1.4.4"],
    hipaa: ["164.312(a)(1)", "164.312(e)(1)"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: ruleCarriers,
  check(resource, report) {
    reportOpenRules(resource, report, "ingress", anyOfPorts(dataPorts, ["tcp", "udp"]), "opens a data port");
  },
});
