import { mustBeOff } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Buckets, image repositories and vaults alike. */
export const noForceDestroy = resourceRule({
  id: "no-force-destroy",
  family: "deletion",
  severity: "high",
  what: "A bucket, image repository or backup vault is not deleted with what is in it.",
  why: "forceDestroy and forceDelete delete every object, version or image without asking.",
  mend: "Remove forceDestroy or forceDelete.",
  frameworks: { nist: ["CP-9", "SI-12"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.bucket, ...T.ecrRepository, "aws:backup/vault:Vault"],
  check({ props }, report) {
    for (const property of ["forceDestroy", "forceDelete"]) {
      mustBeOff(report, props.at(property), "destroying the stack deletes everything in it");
    }
  },
});
