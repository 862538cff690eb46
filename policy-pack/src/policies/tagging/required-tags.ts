import { Field } from "../../model/field.ts";
import { listTagged, readTags, requiredTagKeys } from "../../model/tags.ts";
import { resourceRule } from "../../rule.ts";
import taggableTypes from "./taggable-types.json" with { type: "json" };

/** Required keys on whatever AWS lets carry tags, as @pulumi/aws's own types say. */
export const requiredTags = resourceRule({
  id: "required-tags",
  family: "tagging",
  severity: "medium",
  what: "Every resource that can carry tags carries the required ones.",
  why: "Cost, ownership and clean-up are found by tags; what has none belongs to nobody.",
  mend: "Add the missing tags to the resource or to the provider's defaultTags.",
  frameworks: { nist: ["CM-8"], pci: ["12.5.1"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  config: requiredTagKeys,
  types: [...taggableTypes, ...listTagged],
  check({ type, props, provider }, report, config) {
    const required = config["keys"] as string[];
    const { states, open } = readTags(type, props.at("tags"), provider.at("defaultTags", "tags"));
    const missing = required.filter((key) => (states.get(key) ?? "empty") === "empty");
    if (missing.length > 0 && open) {
      report.cannotTell("tags", `is not known before \`up\`, and ${missing.join(", ")} may be missing`);
    } else if (missing.length > 0) {
      const otherCase = missing.filter((key) =>
        [...states.keys()].some((other) => other !== key && other.toLowerCase() === key.toLowerCase()),
      );
      const note =
        otherCase.length > 0
          ? ` (${otherCase.join(", ")} is there in another case, which AWS takes as another key)`
          : "";
      report.broken("tags", `lacks ${missing.join(", ")}${note}`);
    }
    const undecided = required.filter((key) => states.get(key) === "unknown");
    if (undecided.length > 0) {
      report.cannotTell("tags", `has values not known before \`up\` for ${undecided.join(", ")}`);
    }
  },
  remediate(props, { type, provider }, config) {
    // `ManagedBy` follows from the fact that Pulumi is running; the other values only people know.
    const tags = new Field(props).at("tags");
    const wanted = (config["keys"] as string[]).includes("ManagedBy") && !listTagged.includes(type);
    if (
      !wanted ||
      tags.isUnknown ||
      !tags.at("ManagedBy").isUnset ||
      !provider.at("defaultTags", "tags", "ManagedBy").isUnset
    ) {
      return false;
    }
    if (tags.isUnset) {
      props["tags"] = { ManagedBy: "pulumi" };
    } else {
      (props["tags"] as Record<string, unknown>)["ManagedBy"] = "pulumi";
    }
    return true;
  },
});
