/** Whether a registered resource differs from its old state, and why it would be replaced. */
import type { Deployment } from "./deployment.ts";
import { diffResource } from "./diffing.ts";
import type { Diff, ResourceState } from "./model.ts";
import { DiffUnavailable } from "./provider-client.ts";
import { pluginConfig } from "./provider-registry.ts";
import type { ResourceProvider } from "./resource-provider.ts";
import type { Registration, StepGenerator } from "./step-generator.ts";
import { parseReference } from "./urn.ts";
import { containsUnknowns, plainValue, valuesEqual } from "./values.ts";

export const noDiff: Diff = { changes: "none", replaceKeys: [], changedKeys: [], deleteBeforeReplace: false };
const replaceBecauseOf = (key: string): Diff => ({ ...noDiff, changes: "some", replaceKeys: [key] });

/** Whether the value that a resource is replaced with has changed; a null is no value. */
export function triggerFired(state: ResourceState, old: ResourceState): boolean {
  const [current, before] = [plainValue(state.replacementTrigger), plainValue(old.replacementTrigger)];
  if (containsUnknowns(current) || containsUnknowns(before)) return true;
  return current !== null && before !== null && !valuesEqual(current, before);
}

/** The difference, by options of the resource first, then by its provider, then by the provider's diff. */
export async function resourceDiff(
  deployment: Deployment,
  generator: StepGenerator,
  { goal, urn, old, state }: Registration,
  provider: ResourceProvider | undefined,
): Promise<Diff> {
  if (old!.taint) return replaceBecauseOf("id");
  if (state.replaceWith.some((other) => generator.replaces.has(other))) return replaceBecauseOf("replaceWith");
  if (state.deletedWith && generator.replaces.has(state.deletedWith)) return replaceBecauseOf("deletedWith");
  if (await providerChanged(deployment, generator, old!, state)) return replaceBecauseOf("provider");
  if (!provider) return valuesEqual(old!.inputs, state.inputs) ? noDiff : { ...noDiff, changes: "some" };
  try {
    return await diffResource(provider, { ...old!, urn }, state.inputs, deployment.preview, goal.ignoreChanges);
  } catch (error) {
    if (!(error instanceof DiffUnavailable)) throw error;
    deployment.warn(error.message, urn);
    return { ...noDiff, changes: "some" };
  }
}

/** A resource moves to another provider in place unless that provider's configuration says it cannot. */
async function providerChanged(
  deployment: Deployment,
  generator: StepGenerator,
  old: ResourceState,
  state: ResourceState,
): Promise<boolean> {
  if (old.provider === state.provider) return false;
  if (old.provider === "" || state.provider === "") return true;
  const [before, after] = [parseReference(old.provider), parseReference(state.provider)];
  if (generator.aliased.get(before.urn) === after.urn) return false;
  const oldProvider = deployment.olds.get(before.urn);
  const newProvider = deployment.providerState(state.provider);
  const plugin = deployment.registry.plugin(state.provider);
  if (!oldProvider || !newProvider || !plugin) return false;
  const diff = await plugin.diffConfig(
    after.urn,
    pluginConfig(oldProvider.inputs),
    oldProvider.outputs,
    pluginConfig(newProvider.inputs),
    [],
  );
  return diff.replaceKeys.length > 0 || Object.values(diff.detailed ?? {}).some(({ replace }) => replace);
}
