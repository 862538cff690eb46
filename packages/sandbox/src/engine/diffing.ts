/** From a provider's diff to the engine's: the comparison where the provider leaves it open, and `replaceOnChanges`. */
import type { Diff, ResourceState } from "./model.ts";
import { parsePath, pathContains, ignoreChanges, type PropertyPath } from "./property-path.ts";
import type { ProviderDiff } from "./provider-client.ts";
import type { ResourceProvider } from "./resource-provider.ts";
import { plainValue, valuesEqual, type PropertyMap } from "./values.ts";

/** Key that stands for a resource whose initialization failed. */
const initErrorKey = "#initerror";

function changedKeys(old: PropertyMap, current: PropertyMap): string[] {
  const keys = new Set([...Object.keys(old), ...Object.keys(current)]);
  return [...keys].filter((key) => {
    const [before, after] = [old[key], current[key]];
    if (before === undefined || after === undefined) return before !== after;
    return !valuesEqual(plainValue(before), plainValue(after));
  });
}

/** Asks the provider, and compares inputs itself when the provider does not know. */
export async function diffResource(
  provider: ResourceProvider,
  old: Pick<ResourceState, "urn" | "id" | "inputs" | "outputs">,
  newInputs: PropertyMap,
  preview: boolean,
  ignored: string[],
): Promise<Diff> {
  const diff: ProviderDiff = await provider.diff(old.urn, old.id, old.inputs, old.outputs, newInputs, preview, ignored);
  if (diff.changes !== "unknown") return { ...diff, changes: diff.changes };
  const changed = changedKeys(old.inputs, ignoreChanges(newInputs, old.inputs, ignored).inputs);
  return { ...diff, changes: changed.length > 0 ? "some" : "none", changedKeys: changed };
}

export const isReplace = (diff: Diff): boolean =>
  diff.replaceKeys.length > 0 || Object.values(diff.detailed ?? {}).some(({ replace }) => replace);

/** Makes changes of the named properties replace the resource. */
export function applyReplaceOnChanges(diff: Diff, replaceOnChanges: string[], hasInitErrors: boolean): Diff {
  if (diff.changes !== "some" && !hasInitErrors) return diff;
  const paths = replaceOnChanges.map(parsePath);
  const matches = (path: PropertyPath): boolean => paths.some((pattern) => pathContains(pattern, path));
  const replaceKeys = new Set(diff.replaceKeys);
  for (const key of diff.changedKeys) if (matches(parsePath(key))) replaceKeys.add(key);
  const detailed = diff.detailed && { ...diff.detailed };
  for (const [key, entry] of Object.entries(detailed ?? {})) {
    if (matches(parsePath(key))) detailed![key] = { ...entry, replace: true };
  }
  let { changes } = diff;
  if (hasInitErrors && matches([initErrorKey])) {
    replaceKeys.add(initErrorKey);
    changes = "some";
  }
  return { ...diff, changes, replaceKeys: [...replaceKeys], ...(detailed ? { detailed } : {}) };
}
