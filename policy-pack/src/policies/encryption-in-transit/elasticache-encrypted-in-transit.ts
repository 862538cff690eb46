import { mustBeOn } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Off by default, and it cannot be switched on later for every engine version. */
export const elasticacheEncryptedInTransit = resourceRule({
  id: "elasticache-encrypted-in-transit",
  family: "encryption-in-transit",
  severity: "high",
  what: "An ElastiCache replication group encrypts in transit.",
  why: "Commands, answers and passwords cross the network in the clear.",
  mend: "Set transitEncryptionEnabled to true.",
  frameworks: {
    fsbp: ["ElastiCache.5"],
    nist: ["SC-8"],
    pci: ["4.2.1"],
    hipaa: ["164.312(e)(1)"],
    checkov: ["CKV_AWS_30"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.elasticacheReplicationGroup,
  check({ props }, report) {
    mustBeOn(report, props.at("transitEncryptionEnabled"), "commands and answers cross the network in the clear");
  },
});
