import { mustMatch } from "../../model/expect.ts";
import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";

/** PostgreSQL 15 and newer and MySQL 8.4 force TLS by themselves; older families do not. */
export const rdsForcesTls = resourceRule({
  id: "rds-forces-tls",
  family: "encryption-in-transit",
  severity: "high",
  what: "A parameter group of PostgreSQL, SQL Server, MySQL or MariaDB does not switch off forced TLS.",
  why: "A client that does not ask for TLS then talks in the clear.",
  mend: "Set rds.force_ssl (PostgreSQL, SQL Server) or require_secure_transport (MySQL, MariaDB) to 1.",
  frameworks: { fsbp: ["RDS.38", "RDS.39"], nist: ["SC-8"], pci: ["4.2.1"], hipaa: ["164.312(e)(1)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: ["aws:rds/parameterGroup:ParameterGroup", "aws:rds/clusterParameterGroup:ClusterParameterGroup"],
  check({ props }, report) {
    const family = props.at("family").text();
    if (family === UNKNOWN) {
      report.cannotTell("family");
      return;
    }
    const wanted = /^(aurora-)?(mysql|mariadb)/.test(family ?? "")
      ? "require_secure_transport"
      : /postgres|sqlserver/.test(family ?? "")
        ? "rds.force_ssl"
        : undefined;
    if (wanted === undefined) {
      return;
    }
    const parameters = props.at("parameters").items();
    const parameter = parameters.find((candidate) => candidate.at("name").text() === wanted);
    if (parameter !== undefined) {
      mustMatch(
        report,
        parameter.at("value"),
        (value) => ["1", "on", "true"].includes(value.toLowerCase()),
        `switches ${wanted} off`,
      );
    } else if (parameters.some((candidate) => candidate.at("name").isUnknown)) {
      report.cannotTell("parameters");
    } else if (!onByDefault(family ?? "")) {
      report.broken("parameters", `does not set ${wanted}`);
    }
  },
});

function onByDefault(family: string): boolean {
  const version = Number(/(\d+(\.\d+)?)$/.exec(family)?.[1] ?? 0);
  return family.includes("postgres") ? version >= 15 : family.includes("mysql") ? version >= 8.4 : false;
}
