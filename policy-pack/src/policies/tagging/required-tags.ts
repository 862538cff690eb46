import { Field, UNKNOWN } from "../../model/field.ts";
import { type Report, resourceRule, type RuleConfig } from "../../rule.ts";
import taggableTypes from "./taggable-types.json" with { type: "json" };

/** Types whose tags are a list of {key, value} and not a map. */
const listTagged = ["aws:autoscaling/group:Group"];

/** Required keys on whatever AWS lets carry tags, as @pulumi/aws's own types say. */
export const requiredTags = resourceRule({
  id: "required-tags",
  family: "tagging",
  severity: "medium",
  what: "Every resource that can carry tags carries the required ones.",
  why: "Cost, ownership and clean-up are found by tags; what has none belongs to nobody.",
  mend: "Add the missing tags to the resource or to the provider's defaultTags.",
  frameworks: { nist: ["CM-8"], pci: ["12.5.1"], checkov: [] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  config: {
    properties: {
      keys: {
        type: "array",
        items: { type: "string" },
        default: ["Project", "Environment", "ManagedBy", "Component"],
        description: "Required tag keys. AWS tells upper case from lower case, and so does this rule.",
      },
    },
  },
  types: [...taggableTypes, ...listTagged],
  check({ type, props, provider }, report, config) {
    const tags = listTagged.includes(type)
      ? listTags(props.at("tags"))
      : mapTags(props.at("tags"), provider.at("defaultTags", "tags"));
    reportMissing(tags, report, config);
  },
  remediate(props, { type, provider }, config) {
    if (listTagged.includes(type)) {
      return false;
    }
    return addDerivable(props, new Field(provider.value), config);
  },
});

interface TagsSeen {
  /** Keys with a known, non-empty value, or with an unknown one. */
  readonly keys: ReadonlyMap<string, "known" | "unknown" | "empty">;
  /** Whether more keys may turn up at `up`. */
  readonly open: boolean;
}

function mapTags(...fields: Field[]): TagsSeen {
  const keys = new Map<string, "known" | "unknown" | "empty">();
  for (const field of fields) {
    for (const key of field.keys()) {
      const value = field.at(key);
      const state = value.isUnknown ? "unknown" : value.isUnset ? "empty" : "known";
      if (keys.get(key) !== "known") {
        keys.set(key, state);
      }
    }
  }
  return { keys, open: fields.some((field) => field.isUnknown) };
}

function listTags(list: Field): TagsSeen {
  const keys = new Map<string, "known" | "unknown" | "empty">();
  let open = false;
  for (const item of list.items()) {
    const key = item.at("key").text();
    if (key === UNKNOWN) {
      open = true;
    } else if (key !== undefined) {
      const value = item.at("value");
      keys.set(key, value.isUnknown ? "unknown" : value.isUnset ? "empty" : "known");
    }
  }
  return { keys, open };
}

function reportMissing(tags: TagsSeen, report: Report, config: RuleConfig): void {
  const required = config["keys"] as string[];
  const missing = required.filter((key) => tags.keys.get(key) === undefined || tags.keys.get(key) === "empty");
  if (missing.length > 0 && tags.open) {
    report.cannotTell("tags", `is not known before \`up\`, and ${missing.join(", ")} may be missing`);
  } else if (missing.length > 0) {
    const otherCase = missing.filter((key) =>
      [...tags.keys.keys()].some((other) => other.toLowerCase() === key.toLowerCase()),
    );
    const note =
      otherCase.length > 0 ? ` (${otherCase.join(", ")} is there in another case, which AWS takes as another key)` : "";
    report.broken("tags", `lacks ${missing.join(", ")}${note}`);
  }
  const undecided = required.filter((key) => tags.keys.get(key) === "unknown");
  if (undecided.length > 0) {
    report.cannotTell("tags", `has values not known before \`up\` for ${undecided.join(", ")}`);
  }
}

/** `ManagedBy` follows from the fact that Pulumi is running; the other values only people know. */
function addDerivable(props: Record<string, unknown>, provider: Field, config: RuleConfig): boolean {
  const required = config["keys"] as string[];
  if (!required.includes("ManagedBy") || !provider.at("defaultTags", "tags", "ManagedBy").isUnset) {
    return false;
  }
  const tags = new Field(props).at("tags");
  if (tags.isUnknown || !tags.at("ManagedBy").isUnset) {
    return false;
  }
  if (tags.isUnset) {
    props["tags"] = { ManagedBy: "pulumi" };
  } else {
    (props["tags"] as Record<string, unknown>)["ManagedBy"] = "pulumi";
  }
  return true;
}
