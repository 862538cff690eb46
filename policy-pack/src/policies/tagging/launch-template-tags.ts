import { requiredTagKeys } from "../../model/tags.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Volumes get no tags from the group, whatever it propagates. */
export const launchTemplateTags = resourceRule({
  id: "launch-template-tags",
  family: "tagging",
  severity: "medium",
  what: "A launch template tags the machines, volumes and network interfaces that it starts.",
  why: "What an Auto Scaling group starts carries only what the template says.",
  mend: "Add tagSpecifications for instance, volume and network-interface with the required tags.",
  frameworks: { nist: ["CM-8"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  config: requiredTagKeys,
  types: T.launchTemplate,
  check({ props }, report, config) {
    const specifications = props.at("tagSpecifications").items();
    if (specifications.some((item) => item.at("resourceType").isUnknown)) {
      report.cannotTell("tagSpecifications");
      return;
    }
    const lacking: string[] = [];
    for (const kind of ["instance", "volume", "network-interface"]) {
      const tags = specifications.find((item) => item.at("resourceType").text() === kind)?.at("tags");
      const missing = (config["keys"] as string[]).filter((key) => tags === undefined || tags.at(key).isUnset);
      if (tags?.isUnknown === true) {
        report.cannotTell(tags);
      } else if (missing.length > 0) {
        lacking.push(`${kind}s no ${missing.join(", ")}`);
      }
    }
    if (lacking.length > 0) {
      report.broken(props.at("tagSpecifications"), `gives ${lacking.join("; ")}`);
    }
  },
});
