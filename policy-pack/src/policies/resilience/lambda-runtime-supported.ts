import { mustMatch } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Functions from container images have none. */
export const lambdaRuntimeSupported = resourceRule({
  id: "lambda-runtime-supported",
  family: "resilience",
  severity: "medium",
  what: "A Lambda function runs on a runtime that AWS supports.",
  why: "Old runtimes get no fixes, and in the end cannot be updated.",
  mend: "Set runtime to a current one.",
  frameworks: { fsbp: ["Lambda.2"], nist: ["SI-2"], pci: ["6.3.3"], checkov: ["CKV_AWS_363"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.lambdaFunction,
  check({ props }, report) {
    mustMatch(report, props.at("runtime"), (runtime) => !ended.test(runtime), "is out of support", "fine");
  },
});

/** By AWS's deprecation table up to October 2026. */
const ended =
  /^(nodejs|nodejs4\.3(-edge)?|nodejs(6\.10|8\.10|10\.x|12\.x|14\.x|16\.x|18\.x|20\.x)|python(2\.7|3\.[6-9])|ruby(2\.5|2\.7|3\.2)|java8|go1\.x|provided|provided\.al2|dotnet(core1\.0|core2\.[01]|core3\.1|5\.0|6|7))$/;
