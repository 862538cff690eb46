import { mustMatch } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** PassThrough follows the caller's decision. */
export const lambdaTracing = resourceRule({
  id: "lambda-tracing",
  family: "logging",
  severity: "low",
  what: "A Lambda function takes part in traces.",
  why: "A request's path ends where the function begins.",
  mend: "Set tracingConfig.mode to Active, or PassThrough.",
  frameworks: { nist: ["AU-12", "SI-4"], checkov: ["CKV_AWS_50"] },
  presets: ["strict"],
  types: T.lambdaFunction,
  check({ props }, report) {
    mustMatch(
      report,
      props.at("tracingConfig", "mode"),
      (mode) => ["Active", "PassThrough"].includes(mode),
      "is not set",
    );
  },
});
