import { mustCount } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** 30 days where nothing is said. */
export const secretRecoveryWindow = resourceRule({
  id: "secret-recovery-window",
  family: "deletion",
  severity: "medium",
  what: "A deleted secret can be taken back for at least a week.",
  why: "With 0 days it is gone at once, with what depends on it.",
  mend: "Leave recoveryWindowInDays out (30) or set it to 7 or more.",
  frameworks: { nist: ["CP-9", "SC-12"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.secret,
  check({ props }, report) {
    mustCount(report, props.at("recoveryWindowInDays"), (days) => days >= 7, "is less than 7 days", "fine");
  },
});
