/** Components that a plugin builds: the engine asks for them, the plugin registers their children back with the engine. */
import type { Goal } from "./model.ts";
import {
  providerPb,
  resourceGrpc,
  resourcePb,
  channelOptions,
  grpc,
  noMetadata,
  unary,
  type ProviderPb,
  type ResourcePb,
} from "./protocol.ts";
import type { ProviderClient } from "./provider-client.ts";
import type { Options } from "./registration.ts";
import { outputDependencies, type PropertyMap } from "./values.ts";
import { fromStruct, marshalStruct } from "./wire.ts";

/** What a plugin is told about the run. */
export interface RunInfo {
  project: string;
  stack: string;
  organization: string;
  config: Record<string, string>;
  secretKeys: string[];
  preview: boolean;
  parallel: number;
  monitorAddress: string;
}

export interface ConstructedComponent {
  urn: string;
  outputs: PropertyMap;
  dependencies: Map<string, Set<string>>;
}

/** How long building a component may take; it includes the creation of all its children. */
const constructDeadlineSeconds = 4 * 3600;

/** With an unknown configuration the plugin is not asked: the component stands in the state without children. */
async function registerBare(goal: Goal, info: RunInfo): Promise<ConstructedComponent> {
  const monitor = new resourceGrpc.ResourceMonitorClient(
    info.monitorAddress,
    grpc.credentials.createInsecure(),
    channelOptions,
  );
  try {
    const request = new resourcePb.RegisterResourceRequest()
      .setType(goal.type)
      .setName(goal.name)
      .setParent(goal.parent);
    const response = await unary<ResourcePb.RegisterResourceResponse>((done) =>
      monitor.registerResource(request, done),
    );
    return { urn: response.getUrn(), outputs: {}, dependencies: new Map() };
  } finally {
    monitor.close();
  }
}

/** Asks the plugin to build a component. */
export async function construct(
  plugin: ProviderClient,
  goal: Goal,
  options: Options,
  providers: Record<string, string>,
  info: RunInfo,
): Promise<ConstructedComponent> {
  if (!(await plugin.ready())) return registerBare(goal, info);
  const request = new providerPb.ConstructRequest()
    .setProject(info.project)
    .setStack(info.stack)
    .setOrganization(info.organization)
    .setConfigsecretkeysList(info.secretKeys)
    .setDryrun(info.preview)
    .setParallel(info.parallel)
    .setMonitorendpoint(info.monitorAddress)
    .setType(goal.type)
    .setName(goal.name)
    .setParent(goal.parent)
    .setInputs(
      marshalStruct(goal.properties, { ...plugin.marshalOptions, unknowns: true, outputs: plugin.acceptsOutputs }),
    )
    .setDependenciesList(goal.dependencies)
    .setAliasesList(options.getAliasesList())
    .setAdditionalsecretoutputsList(goal.additionalSecretOutputs)
    .setDeletedwith(goal.deletedWith)
    .setReplaceWithList(goal.replaceWith)
    .setIgnorechangesList(goal.ignoreChanges)
    .setReplaceonchangesList(goal.replaceOnChanges)
    .setAcceptsOutputValues(true);
  if (goal.protect !== undefined) request.setProtect(goal.protect);
  if (goal.retainOnDelete !== undefined) request.setRetainondelete(goal.retainOnDelete);
  if (goal.deleteBeforeReplace !== undefined) request.setDeletebeforereplace(goal.deleteBeforeReplace);
  const trigger = options.getReplacementTrigger();
  if (trigger) request.setReplacementTrigger(trigger);
  const timeouts = options.getCustomTimeouts();
  if (timeouts) {
    request.setCustomtimeouts(
      new providerPb.ConstructRequest.CustomTimeouts()
        .setCreate(timeouts.getCreate())
        .setUpdate(timeouts.getUpdate())
        .setDelete(timeouts.getDelete())
        .setRead(timeouts.getRead()),
    );
  }
  for (const [key, value] of Object.entries(info.config)) request.getConfigMap().set(key, value);
  for (const [name, reference] of Object.entries(providers)) request.getProvidersMap().set(name, reference);
  for (const [key, urns] of Object.entries(goal.propertyDependencies)) {
    request
      .getInputdependenciesMap()
      .set(key, new providerPb.ConstructRequest.PropertyDependencies().setUrnsList(urns));
  }
  const response = await plugin.call<ProviderPb.ConstructResponse>(
    `component ${goal.name}`,
    constructDeadlineSeconds,
    (callOptions, done) => plugin.raw.construct(request, noMetadata(), callOptions, done),
  );
  const outputs = fromStruct(response.getState());
  const dependencies = new Map<string, Set<string>>();
  response.getStatedependenciesMap().forEach((list: ProviderPb.ConstructResponse.PropertyDependencies, key: string) => {
    dependencies.set(key, new Set(list.getUrnsList()));
  });
  for (const [key, value] of Object.entries(outputs))
    dependencies.set(key, outputDependencies(value, dependencies.get(key)));
  return { urn: response.getUrn(), outputs, dependencies };
}
