import { mustBeGiven } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Functions outside a VPC reach AWS, and the internet, over AWS's own network. */
export const lambdaInVpc = resourceRule({
  id: "lambda-in-vpc",
  family: "private-placement",
  severity: "low",
  what: "A Lambda function runs inside a VPC.",
  why: "Outside, no security group and no endpoint policy limits where it sends data.",
  mend: "Set vpcConfig.subnetIds and vpcConfig.securityGroupIds.",
  frameworks: { fsbp: ["Lambda.3"], nist: ["AC-4", "SC-7"], checkov: ["CKV_AWS_117"] },
  presets: ["strict"],
  types: T.lambdaFunction,
  check({ props }, report) {
    mustBeGiven(report, props.at("vpcConfig", "subnetIds"), "is not set", T.subnet);
  },
});
