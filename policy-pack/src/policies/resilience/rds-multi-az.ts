import { mustBeOn } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Read replicas are themselves the second copy. */
export const rdsMultiAz = resourceRule({
  id: "rds-multi-az",
  family: "resilience",
  severity: "high",
  what: "A database instance has a standby in another zone.",
  why: "Losing one zone loses the database until it is restored.",
  mend: "Set multiAz to true.",
  frameworks: {
    fsbp: ["RDS.5"],
    nist: ["CP-6", "CP-10", "SC-36"],
    hipaa: ["164.308(a)(7)(i)"],
    checkov: ["CKV_AWS_157"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.rdsInstance,
  check({ props }, report) {
    if (props.at("replicateSourceDb").isUnset) {
      mustBeOn(report, props.at("multiAz"), "losing a zone loses the database");
    }
  },
});
