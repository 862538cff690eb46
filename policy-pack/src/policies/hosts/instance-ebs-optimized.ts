import { mustBeOn } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** All current types are, whatever is written; older ones are not. */
export const instanceEbsOptimized = resourceRule({
  id: "instance-ebs-optimized",
  family: "hosts",
  severity: "low",
  what: "An instance is EBS-optimized.",
  why: "Disk and network traffic otherwise share one pipe.",
  mend: "Set ebsOptimized to true.",
  frameworks: { nist: ["SC-5"], checkov: ["CKV_AWS_135"] },
  presets: ["strict"],
  types: T.instance,
  check({ props }, report) {
    mustBeOn(report, props.at("ebsOptimized"), "disk and network share one pipe");
  },
});
