import { readTags, listTagged } from "../../model/tags.ts";
import { resourceRule } from "../../rule.ts";
import taggableTypes from "./taggable-types.json" with { type: "json" };

/** Values by pattern: `prod`, `Production` and `production` are three lines on the bill. */
export const tagValues = resourceRule({
  id: "tag-values",
  family: "tagging",
  severity: "low",
  what: "Tag values follow the agreed patterns, and no key stands twice in different cases.",
  why: "Reports group by value: production and Production are two environments to them.",
  mend: "Write the value as the rule's setting `patterns` says.",
  frameworks: { nist: ["CM-8"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  config: {
    properties: {
      patterns: {
        type: "object",
        default: { Environment: "^(production|staging|development|sandbox|test)$", ManagedBy: "^pulumi$" },
        description: "A regular expression for each tag key whose values are agreed.",
      },
    },
  },
  types: [...taggableTypes, ...listTagged],
  check({ type, props, provider }, report, config) {
    const { states, values } = readTags(type, props.at("tags"), provider.at("defaultTags", "tags"));
    for (const [key, pattern] of Object.entries(config["patterns"] as Record<string, string>)) {
      const value = values.get(key);
      if (states.get(key) === "unknown") {
        report.cannotTell("tags", `has a value of ${key} that is not known before \`up\``);
      } else if (value !== undefined && !new RegExp(pattern).test(value)) {
        report.broken("tags", `has a value of ${key} that does not match ${pattern}`);
      }
    }
    const folded = [...states.keys()].map((key) => key.toLowerCase());
    const twice = [...states.keys()].filter((key, index) => folded.indexOf(key.toLowerCase()) !== index);
    if (twice.length > 0) {
      report.broken("tags", `has ${twice.join(", ")} in two cases`);
    }
  },
});
