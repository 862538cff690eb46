import { UNKNOWN } from "../../model/field.ts";
import { mustBeCustomerKey } from "../../model/keys.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Where Performance Insights is on. */
export const rdsInsightsKey = resourceRule({
  id: "rds-insights-key",
  family: "encryption-at-rest",
  severity: "low",
  what: "Performance Insights data is encrypted with a customer managed KMS key.",
  why: "It holds the text of the queries.",
  mend: "Set performanceInsightsKmsKeyId to a key of yours.",
  frameworks: { nist: ["SC-28"], pci: ["3.6.1"], hipaa: ["164.312(a)(2)(iv)"], checkov: ["CKV_AWS_354"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.rdsInstance, ...T.rdsClusterInstance],
  check({ props }, report) {
    const enabled = props.at("performanceInsightsEnabled").flag();
    if (enabled === UNKNOWN) {
      report.cannotTell("performanceInsightsEnabled");
    } else if (enabled === true) {
      mustBeCustomerKey(report, props.at("performanceInsightsKmsKeyId"));
    }
  },
});
