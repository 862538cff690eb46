import { createRequire } from "node:module";
import type * as PulumiModule from "@pulumi/pulumi";
import { providerPb, Struct, type ProviderPb } from "../../engine/protocol.ts";

const require = createRequire(import.meta.url);

/** Pulumi's SDK as the plugins of awsx and eks use it. */
export type Pulumi = typeof PulumiModule;

/** A component's inputs: plain where the program gave plain values, else outputs. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shape is the component's, and checked where it is used
export type Inputs = Record<string, any>;

/** Builds a component from its inputs and gives its outputs by name. */
export type Build = (
  pulumi: Pulumi,
  name: string,
  inputs: Inputs,
  options: PulumiModule.ComponentResourceOptions,
) => PulumiModule.provider.ConstructResult | Promise<PulumiModule.provider.ConstructResult>;

/** Answers a method of a component from its arguments, `__self__` among them. */
export type Method = (pulumi: Pulumi, inputs: Inputs) => Inputs;

type DependencyLists = Map<string, { getUrnsList(): string[] }>;

/** What of the SDK's runtime its own provider server uses; that server itself would take over this process's signals. */
interface Runtime {
  pulumi: Pulumi;
  rpc: {
    serializeResourceProperties(
      label: string,
      properties: Inputs,
    ): Promise<[Record<string, unknown>, Map<string, Set<PulumiModule.Resource>>]>;
  };
  settings: {
    resetOptions(
      project: string,
      stack: string,
      parallel: number,
      engine: string,
      monitor: string,
      preview: boolean,
      organization: string,
    ): void;
    awaitFeatureSupport(): Promise<void>;
    waitForRPCs(): Promise<void>;
  };
  config: { setAllConfig(config: Record<string, string>, secretKeys: string[]): void };
  state: { withLocalStorage<Result>(run: () => Promise<Result>): Promise<Result> };
  resource: {
    DependencyResource: new (urn: string) => PulumiModule.Resource;
    DependencyProviderResource: new (reference: string) => PulumiModule.ProviderResource;
  };
  deserializeInputs(inputs: InstanceType<typeof Struct> | undefined, dependencies: DependencyLists): Promise<Inputs>;
}

let loaded: Runtime | undefined;

/** Loads the SDK on the first construction: a program without remote components does not pay for it. */
function runtime(): Runtime {
  const load = (path: string): never => require(`@pulumi/pulumi${path}`) as never;
  loaded ??= {
    pulumi: load(""),
    rpc: load("/runtime/rpc.js"),
    settings: load("/runtime/settings.js"),
    config: load("/runtime/config.js"),
    state: load("/runtime/state.js"),
    resource: load("/resource.js"),
    deserializeInputs: (load("/provider/server.js") as Pick<Runtime, "deserializeInputs">).deserializeInputs,
  };
  return loaded;
}

/** Builds a component as the SDK's provider server would: in a runtime of its own that speaks to the request's engine. */
export function answerConstruct(
  request: ProviderPb.ConstructRequest,
  engineAddress: string,
  build: Build,
): Promise<ProviderPb.ConstructResponse> {
  const sdk = runtime();
  return sdk.state.withLocalStorage(async () => {
    await configure(sdk, request, engineAddress);
    const inputs = await sdk.deserializeInputs(request.getInputs(), request.getInputdependenciesMap() as never);
    const result = await build(sdk.pulumi, request.getName(), inputs, resourceOptions(sdk, request));
    const response = new providerPb.ConstructResponse();
    response.setUrn(await promiseOf(sdk.pulumi.output(result.urn)));
    const label = `construct(${request.getType()}, ${request.getName()})`;
    const [state, dependencies] = await sdk.rpc.serializeResourceProperties(label, result.state);
    for (const [property, resources] of dependencies) {
      const urns = await Promise.all([...resources].map((resource) => promiseOf(resource.urn)));
      response
        .getStatedependenciesMap()
        .set(property, new providerPb.ConstructResponse.PropertyDependencies().setUrnsList(urns));
    }
    response.setState(Struct.fromJavaScript(state as never));
    await sdk.settings.waitForRPCs();
    return response;
  });
}

/** Answers a method of a component. */
export function answerCall(
  request: ProviderPb.CallRequest,
  engineAddress: string,
  method: Method,
): Promise<ProviderPb.CallResponse> {
  const sdk = runtime();
  return sdk.state.withLocalStorage(async () => {
    await configure(sdk, request, engineAddress);
    const inputs = await sdk.deserializeInputs(request.getArgs(), request.getArgdependenciesMap() as never);
    const label = `call(${request.getTok()})`;
    const [result, dependencies] = await sdk.rpc.serializeResourceProperties(label, method(sdk.pulumi, inputs));
    const response = new providerPb.CallResponse();
    for (const [property, resources] of dependencies) {
      const urns = await Promise.all([...resources].map((resource) => promiseOf(resource.urn)));
      response
        .getReturndependenciesMap()
        .set(property, new providerPb.CallResponse.ReturnDependencies().setUrnsList(urns));
    }
    response.setReturn(Struct.fromJavaScript(result as never));
    await sdk.settings.waitForRPCs();
    return response;
  });
}

async function configure(
  { settings, config }: Runtime,
  request: ProviderPb.ConstructRequest | ProviderPb.CallRequest,
  engineAddress: string,
): Promise<void> {
  settings.resetOptions(
    request.getProject(),
    request.getStack(),
    request.getParallel(),
    engineAddress,
    request.getMonitorendpoint(),
    request.getDryrun(),
    request.getOrganization(),
  );
  await settings.awaitFeatureSupport();
  const values = Object.fromEntries(request.getConfigMap().toObject(true) as [string, string][]);
  config.setAllConfig(values, request.getConfigsecretkeysList());
}

function resourceOptions(
  { resource }: Runtime,
  request: ProviderPb.ConstructRequest,
): PulumiModule.ComponentResourceOptions {
  const dependency = (urn: string): PulumiModule.Resource => new resource.DependencyResource(urn);
  const providers = Object.fromEntries(
    (request.getProvidersMap().toObject(true) as [string, string][]).map(([name, reference]) => [
      name,
      new resource.DependencyProviderResource(reference),
    ]),
  );
  return {
    aliases: request.getAliasesList().map(aliasOf),
    dependsOn: request.getDependenciesList().map(dependency),
    protect: request.getProtect(),
    providers,
    parent: request.getParent() === "" ? undefined : dependency(request.getParent()),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    customTimeouts: request.getCustomtimeouts()?.toObject(),
    retainOnDelete: request.getRetainondelete(),
    ...(request.getDeletedwith() === "" ? {} : { deletedWith: dependency(request.getDeletedwith()) }),
  };
}

type AliasProto = ReturnType<ProviderPb.ConstructRequest["getAliasesList"]>[number];

function aliasOf(alias: AliasProto): string | PulumiModule.Alias {
  const spec = alias.getSpec();
  if (spec === undefined) {
    return alias.getUrn();
  }
  const set = (value: string): string | undefined => (value === "" ? undefined : value);
  return {
    ...(set(spec.getName()) === undefined ? {} : { name: spec.getName() }),
    ...(set(spec.getProject()) === undefined ? {} : { project: spec.getProject() }),
    ...(set(spec.getStack()) === undefined ? {} : { stack: spec.getStack() }),
    ...(set(spec.getType()) === undefined ? {} : { type: spec.getType() }),
    ...(spec.hasParenturn() ? { parent: spec.getParenturn() } : {}),
  };
}

function promiseOf<Value>(output: PulumiModule.Output<Value>): Promise<Value> {
  return (output as unknown as { promise(): Promise<Value> }).promise();
}
