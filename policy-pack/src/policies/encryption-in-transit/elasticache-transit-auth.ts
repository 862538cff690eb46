import { mustBeOn } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Both, because a password over plain TCP is read by whoever listens. */
export const elasticacheTransitAuth = resourceRule({
  id: "elasticache-transit-auth",
  family: "encryption-in-transit",
  severity: "high",
  what: "An ElastiCache replication group encrypts in transit and asks for a password or user group.",
  why: "Everybody in the subnet reads and writes the cache.",
  mend: "Set transitEncryptionEnabled to true, and authToken or userGroupIds.",
  frameworks: {
    fsbp: ["ElastiCache.6"],
    nist: ["SC-8", "AC-3"],
    pci: ["4.2.1"],
    hipaa: ["164.312(e)(1)"],
    checkov: ["CKV_AWS_31"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.elasticacheReplicationGroup,
  check({ props }, report) {
    mustBeOn(report, props.at("transitEncryptionEnabled"), "commands and answers cross the network in the clear");
    const secrets = [props.at("authToken"), props.at("authTokenWo"), props.at("userGroupIds")];
    if (secrets.every((secret) => secret.isUnset || secret.items().length === 0)) {
      report.broken("authToken", "is not set, nor is userGroupIds");
    } else if (secrets.every((secret) => secret.isUnset || secret.isUnknown)) {
      report.cannotTell(secrets.find((secret) => secret.isUnknown) ?? "authToken", undefined, ["*"]);
    }
  },
});
