import { mustBeOn } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";

/** Off by default. */
export const dynamodbRecovery = resourceRule({
  id: "dynamodb-recovery",
  family: "deletion",
  severity: "medium",
  what: "A DynamoDB table can be put back to any second of the last weeks.",
  why: "A wrong write is otherwise final.",
  mend: "Set pointInTimeRecovery.enabled to true.",
  frameworks: { fsbp: ["DynamoDB.2"], nist: ["CP-9"], hipaa: ["164.308(a)(7)(ii)(A)"], checkov: ["CKV_AWS_28"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: ["aws:dynamodb/table:Table"],
  check({ props }, report) {
    mustBeOn(report, props.at("pointInTimeRecovery", "enabled"), "a wrong write is final");
  },
});
