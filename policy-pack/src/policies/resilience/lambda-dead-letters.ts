import { mustBeGiven } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** For asynchronous calls. */
export const lambdaDeadLetters = resourceRule({
  id: "lambda-dead-letters",
  family: "resilience",
  severity: "low",
  what: "A Lambda function keeps events that it could not handle.",
  why: "After three tries the event is gone, and nobody knows.",
  mend: "Set deadLetterConfig.targetArn.",
  frameworks: { nist: ["AU-5", "SI-11"], checkov: ["CKV_AWS_116"] },
  presets: ["strict"],
  types: T.lambdaFunction,
  check({ props }, report) {
    mustBeGiven(report, props.at("deadLetterConfig", "targetArn"), "is not set", ["*"]);
  },
});
