import { mustBeCustomerKey } from "../../model/keys.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Both halves are the check of the same name elsewhere. */
export const lambdaEnvironmentKey = resourceRule({
  id: "lambda-environment-key",
  family: "encryption-at-rest",
  severity: "medium",
  what: "The environment of a Lambda function is encrypted with a customer managed KMS key, and a key without an environment is left out.",
  why: "Variables are shown in the console to whoever may read the function.",
  mend: "Set kmsKeyArn to a key of yours when environment has variables.",
  frameworks: { nist: ["SC-12", "SC-28"], pci: ["3.6.1"], hipaa: ["164.312(a)(2)(iv)"], checkov: ["CKV_AWS_173"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.lambdaFunction,
  check({ props }, report) {
    const variables = props.at("environment", "variables");
    const environment = props.at("environment");
    const key = props.at("kmsKeyArn");
    if (environment.isUnset || (!variables.isUnknown && !environment.isUnknown && variables.keys().length === 0)) {
      // Without variables AWS drops the key, and every preview shows a change.
      if (key.value !== undefined) {
        report.broken(key, "is given although there are no variables to encrypt");
      }
    } else {
      mustBeCustomerKey(report, key);
    }
  },
});
