import type { PolicyConfigSchema } from "@pulumi/policy";
import { type Field, UNKNOWN } from "./field.ts";

/** The setting that the tag rules share: the keys of `packages/components/src/shared/tags.ts`, which every resource of this library has. */
export const requiredTagKeys: PolicyConfigSchema = {
  properties: {
    keys: {
      type: "array",
      items: { type: "string" },
      default: ["Project", "Environment", "ManagedBy", "Component"],
      description: "Required tag keys. AWS tells upper case from lower case, and so does this rule.",
    },
  },
};

/** Types whose tags are a list of {key, value} and not a map. */
export const listTagged: readonly string[] = ["aws:autoscaling/group:Group"];

export type TagState = "known" | "unknown" | "empty";

/** A resource's tags as far as they are known, with the provider's default tags below its own. */
export interface TagsSeen {
  readonly states: ReadonlyMap<string, TagState>;
  readonly values: ReadonlyMap<string, string>;
  /** Whether more keys may turn up at `up`. */
  readonly open: boolean;
}

/** Reads the tags of a resource of whatever type. */
export function readTags(type: string, tags: Field, providerDefaults: Field): TagsSeen {
  return listTagged.includes(type) ? listTags(tags) : mapTags(tags, providerDefaults);
}

function stateOf(value: Field): TagState {
  return value.isUnknown ? "unknown" : value.isUnset ? "empty" : "known";
}

function mapTags(own: Field, defaults: Field): TagsSeen {
  const states = new Map<string, TagState>();
  const values = new Map<string, string>();
  for (const field of [defaults, own]) {
    for (const key of field.keys()) {
      states.set(key, stateOf(field.at(key)));
      const text = field.at(key).text();
      if (typeof text === "string") {
        values.set(key, text);
      }
    }
  }
  return { states, values, open: own.isUnknown || defaults.isUnknown };
}

function listTags(list: Field): TagsSeen {
  const states = new Map<string, TagState>();
  const values = new Map<string, string>();
  let open = false;
  for (const item of list.items()) {
    const key = item.at("key").text();
    const text = item.at("value").text();
    if (key === UNKNOWN) {
      open = true;
    } else if (key !== undefined) {
      states.set(key, stateOf(item.at("value")));
      if (typeof text === "string") {
        values.set(key, text);
      }
    }
  }
  return { states, values, open };
}
