/** What a program and its plugins talk to: registrations, reads, invokes and calls. */
import type { AssetHasher } from "./assets.ts";
import { construct, type RunInfo } from "./construct.ts";
import { pluginInputs, type DefaultProviders } from "./default-providers.ts";
import type { Deployment } from "./deployment.ts";
import type { Callbacks, ResourceHooks } from "./hooks.ts";
import { Bail, emptyState, type Goal, type ResourceState } from "./model.ts";
import { resourcePb, type ResourcePb } from "./protocol.ts";
import { makeGoal, requestOptions, type Options } from "./registration.ts";
import { readError } from "./rpc-error.ts";
import { Transforms } from "./transforms.ts";
import { isProviderType, packageOf, parseReference, providerPackage } from "./urn.ts";
import { displayValue, downgradeOutputs, outputDependencies, type PropertyMap } from "./values.ts";
import { fromStruct, marshalStruct } from "./wire.ts";

/** What the monitor needs of the run it serves. */
export interface MonitorRun {
  deployment: Deployment;
  info: RunInfo;
  projectRoot: string;
  hooks: ResourceHooks;
  callbacks: Callbacks;
  defaultProviders: DefaultProviders;
  assets: AssetHasher;
  /** Does what a goal asks for; `unknown` when it was left out and the program has to go on with unknown outputs. */
  register(goal: Goal): Promise<{ state: ResourceState; unknown: boolean }>;
  read(state: ResourceState): Promise<ResourceState>;
  registerOutputs(urn: string, outputs: PropertyMap): Promise<void>;
}

/** Why a resource's registration was refused by an error of the provider, with the values it blames. */
function describeWithValues(error: unknown, inputs: PropertyMap): string {
  const { message, properties } = readError(error);
  const lines = properties.map(({ path, reason }) => {
    const value = inputs[path];
    const shown = value === undefined ? "" : ` with value '${JSON.stringify(displayValue(value))}'`;
    return `\t- property ${path}${shown} has a problem: ${reason}`;
  });
  return [message, ...lines].join("\n");
}

export class ResourceMonitor {
  #run: MonitorRun;
  #transforms: Transforms;
  #parents = new Map<string, string>();
  /** Goals by URN: children inherit from their parent's. */
  #goals = new Map<string, Goal>();
  #componentProviders = new Map<string, Record<string, string>>();

  constructor(run: MonitorRun) {
    this.#run = run;
    this.#transforms = new Transforms(run.callbacks);
  }

  get transforms(): Transforms {
    return this.#transforms;
  }

  #ancestors(parent: string): string[] {
    const urns: string[] = [];
    for (let urn = parent; urn !== ""; urn = this.#parents.get(urn) ?? "") urns.push(urn);
    return urns;
  }

  /** What a resource takes from its parent where it says nothing itself. */
  #inherit(request: ResourcePb.RegisterResourceRequest): void {
    const parent = this.#goals.get(request.getParent());
    if (!parent) return;
    if (!request.getDeletedwith()) request.setDeletedwith(parent.deletedWith);
    if (!request.hasProtect() && parent.protect !== undefined) request.setProtect(parent.protect);
    if (!request.hasRetainondelete() && parent.retainOnDelete !== undefined)
      request.setRetainondelete(parent.retainOnDelete);
    if (request.getProvider() || !parent.provider) return;
    const local = !request.getRemote() && !request.getCustom();
    const serves = providerPackage(parseReference(parent.provider).urn.split("::")[2] ?? "");
    if (local || serves === packageOf(request.getType())) request.setProvider(parent.provider);
  }

  /** The explicit provider for a package: the resource's own, from its providers map, or from its parent component's. */
  #resolveProvider(own: string, providers: Record<string, string>, parent: string, packageName: string): string {
    return own || providers[packageName] || this.#componentProviders.get(parent)?.[packageName] || "";
  }

  async registerResource(request: ResourcePb.RegisterResourceRequest): Promise<ResourcePb.RegisterResourceResponse> {
    this.#inherit(request);
    const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
    const [custom, remote] = [request.getCustom(), request.getRemote()];
    const subject = { type, name, parent, custom };
    const providersMap: Record<string, string> = {};
    request.getProvidersMap().forEach((reference: string, key: string) => (providersMap[key] = reference));
    const provider =
      custom || remote
        ? this.#resolveProvider(request.getProvider(), providersMap, parent, packageOf(type))
        : request.getProvider();

    const own = this.#transforms.own(subject, request.getTransformsList(), remote);
    const received = await this.#run.assets.hashed(fromStruct(request.getObject()));
    const transformed = await this.#transforms.apply(
      subject,
      own,
      this.#ancestors(parent),
      received,
      requestOptions(request, provider),
    );
    const { options } = transformed;
    const providers: Record<string, string> = {};
    options.getProvidersMap().forEach((reference: string, key: string) => (providers[key] = reference));
    if (!custom) {
      for (const [key, reference] of Object.entries(this.#componentProviders.get(parent) ?? {}))
        providers[key] ??= reference;
    }

    const reference =
      (custom && !isProviderType(type)) || remote
        ? options.getProvider() ||
          (await this.#run.defaultProviders.reference({
            packageName: packageOf(type),
            version: options.getVersion(),
            pluginDownloadUrl: options.getPluginDownloadUrl(),
          }))
        : "";
    const goal = this.#goal(request, options, transformed.properties, reference);
    return remote
      ? this.#construct(request, goal, options, providers, own)
      : this.#register(request, goal, providers, own);
  }

  #goal(
    request: ResourcePb.RegisterResourceRequest,
    options: Options,
    properties: PropertyMap,
    provider: string,
  ): Goal {
    const dependencies = new Set(options.getDependsOnList());
    const propertyDependencies = new Map<string, Set<string>>();
    const declared = request.getPropertydependenciesMap();
    if (declared.getLength() === 0 && !request.getRemote()) {
      for (const key of Object.keys(properties)) propertyDependencies.set(key, new Set(dependencies));
    } else {
      declared.forEach((list: ResourcePb.RegisterResourceRequest.PropertyDependencies, key: string) =>
        propertyDependencies.set(key, new Set(list.getUrnsList())),
      );
    }
    for (const [key, value] of Object.entries(properties)) {
      const found = outputDependencies(value, propertyDependencies.get(key));
      propertyDependencies.set(key, found);
    }
    const plain = request.getRemote() ? properties : downgradeOutputs(properties);
    if (isProviderType(request.getType())) {
      Object.assign(plain, pluginInputs(options.getVersion(), options.getPluginDownloadUrl()));
    }
    return makeGoal({
      request,
      options,
      properties: plain,
      dependencies,
      propertyDependencies,
      provider,
      projectRoot: this.#run.projectRoot,
    });
  }

  #remember(
    urn: string,
    parent: string,
    own: Parameters<Transforms["remember"]>[1],
    providers: Record<string, string> | undefined,
  ): void {
    this.#parents.set(urn, parent);
    this.#transforms.remember(urn, own);
    if (providers) this.#componentProviders.set(urn, providers);
  }

  async #register(
    request: ResourcePb.RegisterResourceRequest,
    goal: Goal,
    providers: Record<string, string>,
    own: Parameters<Transforms["remember"]>[1],
  ): Promise<ResourcePb.RegisterResourceResponse> {
    const { state, unknown } = await this.#run.register(goal);
    this.#goals.set(state.urn, goal);
    this.#remember(state.urn, goal.parent, own, goal.custom ? undefined : providers);
    // A component's outputs may name resources that are not registered yet: it sets them itself at the end.
    const outputs = goal.custom ? state.outputs : {};
    return new resourcePb.RegisterResourceResponse()
      .setUrn(state.urn)
      .setId(state.id)
      .setUnknown(unknown)
      .setObject(
        marshalStruct(outputs, {
          unknowns: true,
          secrets: request.getAcceptsecrets(),
          resources: request.getAcceptresources(),
        }),
      );
  }

  async #construct(
    request: ResourcePb.RegisterResourceRequest,
    goal: Goal,
    options: Options,
    providers: Record<string, string>,
    own: Parameters<Transforms["remember"]>[1],
  ): Promise<ResourcePb.RegisterResourceResponse> {
    const { deployment, info } = this.#run;
    await deployment.ensureProvider(goal.provider);
    const plugin = deployment.registry.plugin(goal.provider);
    if (!plugin) throw deployment.bail(`unknown provider '${goal.provider}'`);
    let built;
    try {
      built = await construct(plugin, goal, options, providers, info);
    } catch (error) {
      if (!deployment.cancelled)
        deployment.error(
          `${goal.type} resource '${goal.name}' has a problem: ${describeWithValues(error, goal.properties)}`,
        );
      deployment.cancel();
      throw new Bail("construct failed");
    }
    this.#remember(built.urn, goal.parent, own, providers);
    const response = new resourcePb.RegisterResourceResponse().setUrn(built.urn).setObject(
      marshalStruct(built.outputs, {
        unknowns: true,
        secrets: request.getAcceptsecrets(),
        resources: request.getAcceptresources(),
      }),
    );
    for (const [key, urns] of built.dependencies) {
      response
        .getPropertydependenciesMap()
        .set(key, new resourcePb.RegisterResourceResponse.PropertyDependencies().setUrnsList([...urns]));
    }
    return response;
  }

  async readResource(request: ResourcePb.ReadResourceRequest): Promise<ResourcePb.ReadResourceResponse> {
    const type = request.getType();
    const provider =
      request.getProvider() ||
      (await this.#run.defaultProviders.reference({
        packageName: packageOf(type),
        version: request.getVersion(),
        pluginDownloadUrl: request.getPlugindownloadurl(),
      }));
    const urn = `${request.getParent()}\n${type}\n${request.getName()}`;
    const state = await this.#run.read({
      ...emptyState(urn, type, true),
      id: request.getId(),
      inputs: downgradeOutputs(fromStruct(request.getProperties())),
      parent: request.getParent(),
      provider,
      external: true,
      dependencies: request.getDependenciesList(),
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    });
    const outputs = marshalStruct(state.outputs, {
      unknowns: true,
      secrets: request.getAcceptsecrets(),
      resources: request.getAcceptresources(),
    });
    return new resourcePb.ReadResourceResponse().setUrn(state.urn).setProperties(outputs);
  }

  async registerOutputs(request: ResourcePb.RegisterResourceOutputsRequest): Promise<void> {
    const outputs = await this.#run.assets.hashed(fromStruct(request.getOutputs()));
    await this.#run.registerOutputs(request.getUrn(), downgradeOutputs(outputs));
  }

  /** The explicit provider of a function call, by its parent component. */
  explicitProvider(own: string, parent: string, packageName: string): string {
    return this.#resolveProvider(own, {}, parent, packageName);
  }

  /** The provider of a registered resource. */
  providerOf(urn: string): string {
    return this.#goals.get(urn)?.provider ?? "";
  }
}
