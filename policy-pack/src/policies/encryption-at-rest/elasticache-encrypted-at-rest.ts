import { mustBeOn } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Off by default for Redis. */
export const elasticacheEncryptedAtRest = resourceRule({
  id: "elasticache-encrypted-at-rest",
  family: "encryption-at-rest",
  severity: "high",
  what: "An ElastiCache replication group is encrypted at rest.",
  why: "Snapshots and swapped pages hold the cache's data.",
  mend: "Set atRestEncryptionEnabled to true and kmsKeyId to a key of yours.",
  frameworks: {
    fsbp: ["ElastiCache.4"],
    nist: ["SC-28"],
    pci: ["3.5.1"],
    hipaa: ["164.312(a)(2)(iv)"],
    checkov: ["CKV_AWS_29"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.elasticacheReplicationGroup,
  check({ props }, report) {
    mustBeOn(report, props.at("atRestEncryptionEnabled"), "snapshots are in the clear");
  },
});
