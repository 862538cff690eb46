import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** A service acts for whoever asks it to: without a source, for other accounts as well. */
export const lambdaPermissionScoped = resourceRule({
  id: "lambda-permission-scoped",
  family: "exposure",
  severity: "high",
  what: "A Lambda permission for an AWS service is limited to a source ARN or account.",
  why: "The service would call the function for another account's event as well (the confused deputy).",
  mend: "Set sourceArn to the rule, topic, bucket or API that calls, or sourceAccount to your account.",
  frameworks: { nist: ["AC-3", "AC-6"], pci: ["7.2.1"], checkov: ["CKV_AWS_364"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.lambdaPermission,
  check({ props }, report) {
    const principal = props.at("principal").text();
    if (principal === UNKNOWN) {
      report.cannotTell("principal");
      return;
    }
    if (principal === undefined || !/\.amazonaws\.com(\.cn)?$/.test(principal)) {
      return;
    }
    const limits = [props.at("sourceArn"), props.at("sourceAccount"), props.at("principalOrgId")];
    if (limits.every((limit) => limit.isUnset || limit.text() === "*")) {
      report.broken("sourceArn", "is not set, nor is sourceAccount");
    } else if (limits.every((limit) => limit.isUnset || limit.text() === "*" || limit.isUnknown)) {
      // A source that comes from this stack is a limit, whatever its ARN turns out to be.
      report.cannotTell(limits.find((limit) => limit.isUnknown) ?? "sourceArn", undefined, ["*"]);
    }
  },
});
