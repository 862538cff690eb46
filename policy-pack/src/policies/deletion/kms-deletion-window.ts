import { mustCount } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** AWS takes 7 to 30 days, and 30 where nothing is said. */
export const kmsDeletionWindow = resourceRule({
  id: "kms-deletion-window",
  family: "deletion",
  severity: "high",
  what: "A KMS key waits at least two weeks before it is deleted.",
  why: "What it encrypted is lost with it; the waiting time is the only way back.",
  mend: "Leave deletionWindowInDays out (30) or set it to 14 or more.",
  frameworks: { fsbp: ["KMS.3"], nist: ["SC-12", "CP-9"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  config: {
    properties: {
      days: { type: "integer", minimum: 7, maximum: 30, default: 14, description: "Least number of days." },
    },
  },
  types: T.kmsKey,
  check({ props }, report, config) {
    const least = Number(config["days"]);
    mustCount(report, props.at("deletionWindowInDays"), (days) => days >= least, `is less than ${least} days`, "fine");
  },
});
