import { mustCount } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** 0 keeps logs for ever. */
export const logRetentionYear = resourceRule({
  id: "log-retention-year",
  family: "logging",
  severity: "low",
  what: "Log groups keep a year of logs, or the configured time.",
  why: "Intrusions are found months after they began.",
  mend: "Set retentionInDays to 365 or more.",
  frameworks: {
    fsbp: ["CloudWatch.16"],
    nist: ["AU-11"],
    pci: ["10.5.1"],
    hipaa: ["164.316(b)(2)"],
    checkov: ["CKV_AWS_338"],
  },
  presets: ["strict", "pci", "hipaa"],
  config: {
    properties: { days: { type: "integer", minimum: 1, default: 365, description: "Least number of days." } },
  },
  types: T.logGroup,
  check({ props }, report, config) {
    const least = Number(config["days"]);
    mustCount(report, props.at("retentionInDays"), (days) => days === 0 || days >= least, `is less than ${least} days`);
  },
});
