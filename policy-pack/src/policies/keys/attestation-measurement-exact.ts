import { UNKNOWN } from "../../model/field.ts";
import { statementsOf } from "../../model/policy-document.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** PCR values are SHA-384 digests. */
export const attestationMeasurementExact = resourceRule({
  id: "attestation-measurement-exact",
  family: "keys",
  severity: "critical",
  what: "An attestation condition compares exact measurements, and never a pattern or the zeros of debug mode.",
  why: "A pattern admits any image; an enclave in debug mode reports zeros and shows its memory.",
  mend: "Use StringEqualsIgnoreCase with the 96 hexadecimal digits of each admitted image.",
  frameworks: { nist: ["SC-12", "SI-7"], hipaa: ["164.312(c)(1)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.kmsKey, ...T.kmsKeyPolicy],
  check({ props }, report) {
    const statements = statementsOf(props.at("policy"));
    if (statements === UNKNOWN) {
      report.cannotTell("policy");
      return;
    }
    for (const statement of statements.filter(({ allows }) => allows !== false)) {
      for (const { operator, key, values } of statement.conditions.filter((condition) =>
        isMeasurement(condition.key),
      )) {
        if (!operator.startsWith("stringequals")) {
          report.broken(statement.field, `compares ${key} with ${operator}`);
        }
        for (const value of values) {
          if (value === UNKNOWN) {
            report.cannotTell(statement.field, `has a value of ${key} that is not known before \`up\``);
          } else if (!/^[0-9a-f]{96}$/i.test(value) || /^0+$/.test(value)) {
            report.broken(statement.field, `admits a value of ${key} that is no measurement`);
          }
        }
      }
    }
  },
});

function isMeasurement(key: string): boolean {
  return /^kms:recipientattestation:(imagesha384|pcr\d+|nitrotpmpcr\d+)$/.test(key);
}
