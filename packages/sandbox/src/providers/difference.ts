import { isDeepStrictEqual } from "node:util";
import {
  containsUnknowns,
  isObject,
  plainValue,
  signatureOf,
  type PropertyMap,
  type PropertyValue,
} from "../engine/values.ts";
import type { DiffKind } from "./model.ts";

/**
 * Compares two bags of checked inputs. A change below a property in `replaceOn` (names, or paths such as `spec.selector`)
 * replaces. A value that is not known yet counts as changed, as it may turn out to be.
 */
export function compareInputs(
  old: PropertyMap,
  inputs: PropertyMap,
  replaceOn: (path: string) => boolean,
): Map<string, DiffKind> {
  const found = new Map<string, DiffKind>();
  compareMaps(plain(old), plain(inputs), "", replaceOn, found);
  return found;
}

function plain(map: PropertyMap): PropertyMap {
  const value = plainValue(map);
  return isObject(value) ? value : {};
}

function compareMaps(
  old: PropertyMap,
  inputs: PropertyMap,
  path: string,
  replaceOn: (path: string) => boolean,
  found: Map<string, DiffKind>,
): void {
  for (const name of new Set([...Object.keys(old), ...Object.keys(inputs)])) {
    if (name.startsWith("__")) continue;
    const at = path === "" ? name : /^\w+$/.test(name) ? `${path}.${name}` : `${path}["${name}"]`;
    compare(old[name] ?? undefined, inputs[name] ?? undefined, at, replaceOn, found);
  }
}

function compare(
  old: PropertyValue | undefined,
  value: PropertyValue | undefined,
  path: string,
  replaceOn: (path: string) => boolean,
  found: Map<string, DiffKind>,
): void {
  if (isDeepStrictEqual(old, value) && !containsUnknowns(value)) return;
  if (isObject(old) && isObject(value) && !signatureOf(old) && !signatureOf(value)) {
    compareMaps(old, value, path, replaceOn, found);
    return;
  }
  if (Array.isArray(old) && Array.isArray(value) && old.length === value.length) {
    value.forEach((item, index) => compare(old[index], item, `${path}[${index}]`, replaceOn, found));
    return;
  }
  const kind = old === undefined ? "ADD" : value === undefined ? "DELETE" : "UPDATE";
  found.set(path, replaceOn(path) ? `${kind}_REPLACE` : kind);
}

/** Whether `path` is one of `roots` or lies below one. */
export function isBelow(path: string, roots: Iterable<string>): boolean {
  for (const root of roots) {
    if (path === root || path.startsWith(`${root}.`) || path.startsWith(`${root}[`)) return true;
  }
  return false;
}
