import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** `*` as a principal, also when a source ARN stands beside it: the ARN does not name an account that vouches for the caller. */
export const lambdaPermissionNotPublic = resourceRule({
  id: "lambda-permission-not-public",
  family: "exposure",
  severity: "critical",
  what: "A Lambda permission names the account or service that may call, never everybody.",
  why: "With * every AWS account may invoke the function and read what it returns.",
  mend: "Name an account id, a role ARN or a service principal.",
  frameworks: {
    fsbp: ["Lambda.1"],
    nist: ["AC-3", "AC-6"],
    pci: ["7.2.1"],
    hipaa: ["164.312(a)(1)"],
    checkov: ["CKV_AWS_301"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.lambdaPermission, "aws:lambda/layerVersionPermission:LayerVersionPermission"],
  check({ props }, report) {
    const principal = props.at("principal");
    const text = principal.text();
    if (text === UNKNOWN) {
      report.cannotTell(principal);
    } else if (text?.includes("*") === true) {
      report.broken(principal, "stands for everybody");
    }
  },
});
