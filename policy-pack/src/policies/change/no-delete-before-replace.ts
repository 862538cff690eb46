import { dataPathTypes } from "../../model/data-path.ts";
import { resourceRule } from "../../rule.ts";

/** The option is the program's own; a provider may still have to do it. */
export const noDeleteBeforeReplace = resourceRule({
  id: "no-delete-before-replace",
  family: "change",
  severity: "high",
  what: "What carries traffic or data is not deleted before its replacement exists.",
  why: "Tenants are cut off, or data is gone, for as long as the new one takes.",
  mend: "Remove deleteBeforeReplace.",
  frameworks: { nist: ["CM-3", "CP-10"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: dataPathTypes,
  check({ opts }, report) {
    if (opts.deleteBeforeReplace === true) {
      report.broken("", "is deleted before its replacement exists");
    }
  },
});
