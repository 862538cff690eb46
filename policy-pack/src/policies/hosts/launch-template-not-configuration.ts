import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Either of the two properties that name one. */
export const launchTemplateNotConfiguration = resourceRule({
  id: "launch-template-not-configuration",
  family: "hosts",
  severity: "medium",
  what: "An Auto Scaling group starts from a launch template.",
  why: "Launch configurations know neither IMDSv2 defaults nor enclaves, and AWS takes no new ones.",
  mend: "Set launchTemplate or mixedInstancesPolicy.",
  frameworks: { fsbp: ["AutoScaling.9"], nist: ["CM-2"], checkov: ["CKV_AWS_315"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.autoScalingGroup,
  check({ props }, report) {
    const templates = [props.at("launchTemplate"), props.at("mixedInstancesPolicy", "launchTemplate")];
    if (templates.every((template) => template.isUnset)) {
      report.broken("launchTemplate", "is not set");
    } else if (templates.every((template) => template.isUnset || template.isUnknown)) {
      report.cannotTell("launchTemplate");
    }
  },
});
