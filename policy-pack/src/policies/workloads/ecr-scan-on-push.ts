import { mustBeOn } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Off by default. */
export const ecrScanOnPush = resourceRule({
  id: "ecr-scan-on-push",
  family: "workloads",
  severity: "medium",
  what: "An image repository scans what is pushed.",
  why: "A known hole in an image is otherwise found by others.",
  mend: "Set imageScanningConfiguration.scanOnPush to true.",
  frameworks: { fsbp: ["ECR.1"], nist: ["RA-5"], pci: ["6.3.1"], checkov: ["CKV_AWS_163"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.ecrRepository,
  check({ props }, report) {
    mustBeOn(report, props.at("imageScanningConfiguration", "scanOnPush"), "nobody looks for known holes");
  },
});
