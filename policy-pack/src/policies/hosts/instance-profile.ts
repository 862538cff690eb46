import { mustBeGiven } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Launch templates may get theirs from elsewhere. */
export const instanceProfile = resourceRule({
  id: "instance-profile",
  family: "hosts",
  severity: "medium",
  what: "An instance has an instance profile.",
  why: "Without a role, credentials end up in files.",
  mend: "Set iamInstanceProfile.",
  frameworks: { nist: ["AC-6", "IA-5"], checkov: ["CKV2_AWS_41"] },
  presets: ["strict", "pci", "hipaa"],
  types: T.instance,
  check({ props }, report) {
    mustBeGiven(report, props.at("iamInstanceProfile"), "is not set", ["*"]);
  },
});
