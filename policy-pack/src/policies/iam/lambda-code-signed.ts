import { mustBeGiven } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Zip packages only; images are signed otherwise. */
export const lambdaCodeSigned = resourceRule({
  id: "lambda-code-signed",
  family: "iam",
  severity: "low",
  what: "A Lambda function takes signed code only.",
  why: "Whoever may upload code runs it with the function's role.",
  mend: "Set codeSigningConfigArn.",
  frameworks: { nist: ["CM-14", "SI-7"], checkov: ["CKV_AWS_272"] },
  presets: ["strict"],
  types: T.lambdaFunction,
  check({ props }, report) {
    mustBeGiven(report, props.at("codeSigningConfigArn"), "is not set", ["*"]);
  },
});
