/** What a resource's provider says to its inputs, before anything is decided. */
import type { Deployment } from "./deployment.ts";
import { Bail, type Goal } from "./model.ts";
import type { CheckFailure } from "./provider-client.ts";
import type { ResourceProvider } from "./resource-provider.ts";
import { withoutSecrets } from "./secret-filter.ts";
import type { Registration } from "./step-generator.ts";
import { isProviderType } from "./urn.ts";
import { displayValue, type PropertyMap } from "./values.ts";

/** The provider that manages a resource; undefined for a component. Throws when it is not known. */
export async function providerOf(
  deployment: Deployment,
  goal: Goal,
  urn: string,
): Promise<ResourceProvider | undefined> {
  if (!goal.custom) return undefined;
  if (isProviderType(goal.type)) return deployment.registry;
  await deployment.ensureProvider(goal.provider).catch(() => undefined);
  const provider = deployment.registry.get(goal.provider);
  if (!provider) throw deployment.bail(`unknown provider '${goal.provider}' for resource '${urn}'`, urn);
  return provider;
}

/** Has the inputs checked and completed. Throws Bail when they are refused; the reasons were reported. */
export async function checkInputs(
  deployment: Deployment,
  registration: Registration,
  provider: ResourceProvider,
  olds: PropertyMap,
  news: PropertyMap,
): Promise<void> {
  const { urn, state, seed } = registration;
  const { inputs, failures } = await provider.check(urn, olds, news, seed, deployment.preview);
  for (const failure of failures) deployment.error(describeFailure(registration, failure), urn);
  if (failures.length > 0) throw new Bail(`resource ${urn} is invalid`);
  state.inputs = inputs;
}

function describeFailure({ goal }: Registration, { property, reason }: CheckFailure): string {
  const why = withoutSecrets(reason, goal.properties);
  if (property === "") return `${goal.type} resource '${goal.name}' has a problem: ${why}`;
  const value = goal.properties[property];
  const shown = value === undefined ? "{}" : JSON.stringify(displayValue(value));
  return `${goal.type} resource '${goal.name}': property ${property} value ${shown} has a problem: ${why}`;
}
