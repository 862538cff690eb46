/** Which properties make a change, and from what to what. Pure. */
import type { PropertyChange } from "./model.ts";

type Values = Record<string, unknown>;

/** Texts that say much and are never secrets: machine types, versions, address ranges, AWS ids. Everything else stays out of the page. */
const tellingTexts = [
  /^(?:[a-z]+\.)?[a-z][a-z0-9-]*\.(?:nano|micro|small|medium|large|\d*xlarge|metal[a-z0-9-]*)$/,
  /^v?\d{1,3}(?:\.\d{1,4}){1,3}(?:\/\d{1,2})?$/,
  /^[a-z]{1,12}-(?:[0-9a-f]{8}|[0-9a-f]{17})$/,
];

function tellingValue(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && tellingTexts.some((shape) => shape.test(value)) ? value : undefined;
}

/**
 * @param replacing names of the properties that force a replacement
 * @param changing names of all properties that change
 * @param before inputs without secrets, and `after` likewise
 */
export function propertyChanges(
  replacing: string[],
  changing: string[],
  before: Values,
  after: Values,
): PropertyChange[] {
  return [...new Set([...replacing, ...changing])].map((property) => {
    const [was, will] = [tellingValue(before[property]), tellingValue(after[property])];
    const known = was !== undefined && will !== undefined && was !== will;
    return {
      property,
      replaces: replacing.includes(property),
      ...(known ? { values: { before: was, after: will } } : {}),
    };
  });
}
