/** Paths into property bags, as `ignoreChanges` and `replaceOnChanges` write them: `root.list[0]["a.b"].*`. */
import { isObject, isSecret, makeSecret, unwrapSecret, type PropertyMap, type PropertyValue } from "./values.ts";

export type PropertyPath = (string | number)[];

/** Reads a path. Throws when a bracket or quote is left open. */
export function parsePath(text: string): PropertyPath {
  const path: PropertyPath = [];
  let rest = text;
  while (rest !== "") {
    if (rest.startsWith(".")) rest = rest.slice(1);
    const quoted = /^\["((?:[^"\\]|\\.)*)"\]/.exec(rest);
    const indexed = /^\[(\d+|\*)\]/.exec(rest);
    const plain = /^[^.[\]]+/.exec(rest);
    const match = quoted ?? indexed ?? plain;
    if (!match) throw new Error(`"${text}" is not a property path`);
    if (quoted) path.push(quoted[1]!.replace(/\\(.)/g, "$1"));
    else if (indexed) path.push(indexed[1] === "*" ? "*" : Number(indexed[1]));
    else path.push(plain![0]);
    rest = rest.slice(match[0].length);
  }
  return path;
}

/** Whether `other` is the path itself or something below it; `*` stands for any name. */
export function pathContains(path: PropertyPath, other: PropertyPath): boolean {
  if (other.length < path.length) return false;
  return path.every((part, index) => (part === "*" && typeof other[index] === "string") || part === other[index]);
}

interface Level {
  old: PropertyValue | undefined;
  current: PropertyValue | undefined;
  oldSecret: boolean;
  currentSecret: boolean;
}

const wrapped = (value: PropertyValue, level: Level): PropertyValue =>
  level.oldSecret && !level.currentSecret ? makeSecret(value) : value;

function resetIndex(rest: PropertyPath, index: number, level: Level): boolean {
  const { old, current } = level;
  if (!Array.isArray(old) || !Array.isArray(current)) return !Array.isArray(old) && !Array.isArray(current);
  if (index >= old.length && index >= current.length && rest.length === 0) return true;
  if (index >= old.length || index >= current.length) return false;
  if (rest.length === 0) {
    current[index] = wrapped(old[index]!, level);
    return true;
  }
  return resetAt(rest, { ...level, old: old[index], current: current[index] });
}

function resetEvery(rest: PropertyPath, level: Level): boolean {
  const { old, current } = level;
  if (Array.isArray(current)) {
    if (!Array.isArray(old)) return rest.length === 0;
    const ok = current.slice(0, old.length).every((_, index) => resetIndex(rest, index, level));
    return ok && old.length === current.length;
  }
  if (!isObject(current)) return false;
  if (!isObject(old)) return rest.length === 0;
  if (rest.length > 0) {
    return Object.keys(old).every(
      (key) => Object.hasOwn(current, key) && resetAt(rest, { ...level, old: old[key], current: current[key] }),
    );
  }
  for (const key of Object.keys(old)) current[key] = wrapped(old[key]!, level);
  for (const key of Object.keys(current)) if (!Object.hasOwn(old, key)) delete current[key];
  return true;
}

function resetKey(rest: PropertyPath, key: string, level: Level): boolean {
  const { old, current } = level;
  if (rest.length === 0) {
    if (isObject(old) && Object.hasOwn(old, key)) {
      if (!isObject(current)) return false;
      current[key] = wrapped(old[key]!, level);
    } else if (isObject(current)) delete current[key];
    return true;
  }
  if (!isObject(old) || !isObject(current)) return !isObject(old) && !isObject(current);
  if (Object.hasOwn(old, key) && !Object.hasOwn(current, key)) return false;
  if (!Object.hasOwn(old, key) && !Object.hasOwn(current, key)) return true;
  return resetAt(rest, { ...level, old: old[key], current: current[key] });
}

function resetAt(path: PropertyPath, level: Level): boolean {
  const inside: Level = {
    old: unwrapSecret(level.old),
    current: unwrapSecret(level.current),
    oldSecret: level.oldSecret || isSecret(level.old),
    currentSecret: level.currentSecret || isSecret(level.current),
  };
  const [part, ...rest] = path;
  if (part === undefined) return false;
  if (typeof part === "number") return resetIndex(rest, part, inside);
  return part === "*" ? resetEvery(rest, inside) : resetKey(rest, part, inside);
}

/**
 * Sets what `path` names in `current` back to what `old` has there, in place. False when the path goes through an element that
 * only one of the two has.
 */
export const resetPath = (path: PropertyPath, old: PropertyMap, current: PropertyMap): boolean =>
  resetAt(path, { old, current, oldSecret: false, currentSecret: false });

/** The inputs with everything that `ignoreChanges` names taken from the old inputs, and the paths where that was not possible. */
export function ignoreChanges(
  inputs: PropertyMap,
  oldInputs: PropertyMap,
  paths: string[],
): { inputs: PropertyMap; invalid: string[] } {
  if (paths.length === 0) return { inputs, invalid: [] };
  const copy = structuredClone(inputs);
  const invalid = paths.filter((text) => !resetPath(parsePath(text), oldInputs, copy));
  return { inputs: copy, invalid };
}
