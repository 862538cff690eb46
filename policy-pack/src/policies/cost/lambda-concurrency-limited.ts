import { mustCount } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** -1 is no limit. */
export const lambdaConcurrencyLimited = resourceRule({
  id: "lambda-concurrency-limited",
  family: "cost",
  severity: "low",
  what: "A Lambda function has a limit of its own.",
  why: "One function in a loop takes the account's concurrency, and the bill has no end.",
  mend: "Set reservedConcurrentExecutions.",
  frameworks: { nist: ["SC-5"], checkov: ["CKV_AWS_115"] },
  presets: ["strict"],
  types: T.lambdaFunction,
  check({ props }, report) {
    mustCount(report, props.at("reservedConcurrentExecutions"), (number) => number >= 0, "is not limited");
  },
});
