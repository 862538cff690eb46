import { digest } from "../cloud/cloud.ts";

/** How a type's physical name is made from its logical one. */
export interface AutoName {
  /** The input that holds it. */
  readonly property: string;
  readonly maxLength: number;
  /** For services that only take small letters. */
  readonly lowerCase?: boolean;
  /** What the service wants before every name. */
  readonly prefix?: string;
}

/**
 * The physical name of a resource that was given none: the logical name and seven hexadecimal digits, as the real providers
 * do, but drawn from the URN and the `generation` (0, then 1 for the replacement that lives beside it), so that every engine
 * and every run gives the same name.
 */
export function autoName(rule: AutoName, urn: string, logicalName: string, generation: number): string {
  const suffix = `-${digest(`${urn}#name${generation === 0 ? "" : generation}`, 7)}`;
  const prefix = rule.prefix ?? "";
  const stem = logicalName.slice(0, rule.maxLength - suffix.length - prefix.length);
  const name = `${prefix}${stem}${suffix}`;
  return rule.lowerCase ? name.toLowerCase() : name;
}

/** Whether `name` was made by `autoName` for this resource, in whichever generation. */
export function isAutoName(rule: AutoName, urn: string, logicalName: string, name: unknown): boolean {
  return [0, 1, 2, 3].some((generation) => autoName(rule, urn, logicalName, generation) === name);
}
