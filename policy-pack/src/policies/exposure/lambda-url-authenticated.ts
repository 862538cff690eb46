import { mustMatch } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";

/** A function URL is on the internet whatever VPC the function is in. */
export const lambdaUrlAuthenticated = resourceRule({
  id: "lambda-url-authenticated",
  family: "exposure",
  severity: "critical",
  what: "A Lambda function URL asks for IAM authentication.",
  why: "With NONE everybody on the internet may run the function.",
  mend: "Set authorizationType to AWS_IAM, or call the function without a URL.",
  frameworks: {
    fsbp: ["Lambda.1"],
    nist: ["AC-3", "AC-6"],
    pci: ["7.2.1"],
    hipaa: ["164.312(a)(1)"],
    checkov: ["CKV_AWS_258"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: ["aws:lambda/functionUrl:FunctionUrl"],
  check({ props }, report) {
    mustMatch(
      report,
      props.at("authorizationType"),
      (type) => type.toUpperCase() === "AWS_IAM",
      "lets everybody call the function",
    );
  },
});
