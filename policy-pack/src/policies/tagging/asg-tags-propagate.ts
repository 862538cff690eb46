import { requiredTagKeys } from "../../model/tags.ts";
import { mustBeOn } from "../../model/expect.ts";
import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Which tags there have to be is for `required-tags`. */
export const asgTagsPropagate = resourceRule({
  id: "asg-tags-propagate",
  family: "tagging",
  severity: "medium",
  what: "An Auto Scaling group has tags and passes the required ones to its machines.",
  why: "Machines without tags cannot be told apart, nor billed to anybody.",
  mend: "Set propagateAtLaunch to true on each required tag.",
  frameworks: { nist: ["CM-8"], checkov: ["CKV_AWS_153"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  config: requiredTagKeys,
  types: T.autoScalingGroup,
  check({ props }, report, config) {
    const tags = props.at("tags");
    if (tags.isUnset || (!tags.isUnknown && tags.items().length === 0)) {
      report.broken(tags, "is empty");
    }
    const required = config["keys"] as string[];
    for (const tag of tags.items()) {
      const key = tag.at("key").text();
      if (key === UNKNOWN || (key !== undefined && required.includes(key))) {
        mustBeOn(report, tag.at("propagateAtLaunch"), "machines start without it");
      }
    }
  },
});
