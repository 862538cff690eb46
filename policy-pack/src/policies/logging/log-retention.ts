import { mustCount } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** `log-retention-year` asks for a length. */
export const logRetention = resourceRule({
  id: "log-retention",
  family: "logging",
  severity: "medium",
  what: "A log group says how long it keeps logs.",
  why: "Logs that never expire cost more every month, and hold personal data longer than allowed.",
  mend: "Set retentionInDays; 365 serves most audits.",
  frameworks: {
    fsbp: ["CloudWatch.16"],
    nist: ["AU-11"],
    pci: ["10.5.1"],
    hipaa: ["164.312(b)"],
    checkov: ["CKV_AWS_66"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.logGroup,
  check({ props }, report) {
    mustCount(report, props.at("retentionInDays"), () => true, "is not set, so logs are kept for ever");
  },
});
