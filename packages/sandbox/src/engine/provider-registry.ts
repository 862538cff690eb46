/** The providers of a deployment. It manages provider resources itself: creating one configures a plugin instance. */
import { randomUUID } from "node:crypto";
import type { ProviderEndpoint } from "./in-process-provider.ts";
import { UserError, type ResourceState } from "./model.ts";
import {
  ProviderClient,
  type CheckResult,
  type OperationResult,
  type ProviderDiff,
  type ReadResult,
} from "./provider-client.ts";
import type { FunctionProvider, ResourceProvider } from "./resource-provider.ts";
import { makeReference, parseReference, parseUrn, providerPackage } from "./urn.ts";
import { unknownValue, valuesEqual, type PropertyMap } from "./values.ts";

/** ID of a provider resource that a preview would create. */
const unknownId = unknownValue;
const internalKey = "__internal";

export interface RegistryOptions {
  /** Providers by package; a promise, so that they may load while the program starts. */
  endpoints: Promise<Readonly<Record<string, ProviderEndpoint>>>;
  engineAddress: () => string;
  builtin: FunctionProvider;
  deadlineSeconds?: number;
}

/** The configuration a plugin sees: everything but what the engine keeps for itself. */
export const pluginConfig = (inputs: PropertyMap): PropertyMap =>
  Object.fromEntries(Object.entries(inputs).filter(([key]) => key !== internalKey));

type Loaded = ProviderClient | FunctionProvider;

export class ProviderRegistry implements ResourceProvider {
  #options: RegistryOptions;
  /** Configured instances by reference. */
  #ready = new Map<string, Loaded>();
  /** Checked instances that are not configured yet, by URN. */
  #checked = new Map<string, Loaded>();
  /** Registered under another URN through an alias. */
  #aliases = new Map<string, string>();
  #all: Loaded[] = [];

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  close(): void {
    for (const client of this.#all) client.close();
  }

  registerAlias(urn: string, alias: string): void {
    this.#aliases.set(alias, urn);
  }

  /** The provider that a reference names; undefined while it is not configured. */
  get(reference: string): FunctionProvider | undefined {
    const direct = this.#ready.get(reference);
    if (direct) return direct as FunctionProvider;
    const { urn, id } = parseReference(reference);
    const renamed = this.#aliases.get(urn);
    return renamed === undefined
      ? undefined
      : (this.#ready.get(makeReference(renamed, id)) as FunctionProvider | undefined);
  }

  /** The plugin instance behind a reference, for calls that only plugins answer. */
  plugin(reference: string): ProviderClient | undefined {
    const found = this.get(reference);
    return found instanceof ProviderClient ? found : undefined;
  }

  async #load(urn: string): Promise<Loaded> {
    const packageName = providerPackage(parseUrn(urn).type);
    if (packageName === "pulumi") return this.#options.builtin;
    const endpoints = await this.#options.endpoints;
    const endpoint = endpoints[packageName];
    if (!endpoint) {
      const known = Object.keys(endpoints).sort().join(", ");
      throw new UserError(
        `no provider for package "${packageName}": the sandbox has ${known}; attach another with PULUMI_DEBUG_PROVIDERS=${packageName}:PORT`,
      );
    }
    const { deadlineSeconds } = this.#options;
    const client = new ProviderClient({ endpoint, packageName, ...(deadlineSeconds ? { deadlineSeconds } : {}) });
    this.#all.push(client);
    await client.connect(this.#options.engineAddress());
    return client;
  }

  async check(urn: string, olds: PropertyMap, news: PropertyMap): Promise<CheckResult> {
    const client = await this.#load(urn);
    if (!(client instanceof ProviderClient)) {
      this.#checked.set(urn, client);
      return { inputs: news, failures: [] };
    }
    const result = await client.checkConfig(urn, pluginConfig(olds), pluginConfig(news));
    if (result.failures.length > 0) return result;
    this.#checked.set(urn, client);
    const kept: PropertyMap = {};
    for (const key of ["version", internalKey]) if (key in news) kept[key] = news[key]!;
    return { inputs: { ...result.inputs, ...kept }, failures: [] };
  }

  async diff(
    urn: string,
    id: string,
    oldInputs: PropertyMap,
    oldOutputs: PropertyMap,
    newInputs: PropertyMap,
    _preview: boolean,
    ignored: string[],
  ): Promise<ProviderDiff> {
    const client = this.#checked.get(urn) ?? this.#ready.get(makeReference(urn, id)) ?? (await this.#load(urn));
    const none: ProviderDiff = { changes: "none", replaceKeys: [], changedKeys: [], deleteBeforeReplace: false };
    if (!(client instanceof ProviderClient)) return none;
    const inputs = pluginConfig(newInputs);
    const diff = await client.diffConfig(urn, pluginConfig(oldInputs), oldOutputs, inputs, ignored);
    if (diff.changes !== "unknown") return diff;
    return { ...diff, changes: valuesEqual(oldOutputs, inputs) ? "none" : "some" };
  }

  /** A client for the provider's URN that is not configured yet. */
  async #take(urn: string): Promise<Loaded> {
    const checked = this.#checked.get(urn);
    this.#checked.delete(urn);
    return checked ?? (await this.#load(urn));
  }

  #configure(client: Loaded, urn: string, id: string, inputs: PropertyMap): void {
    if (client instanceof ProviderClient) client.configure(urn, id, pluginConfig(inputs));
    this.#ready.set(makeReference(urn, id), client);
  }

  async create(
    urn: string,
    properties: PropertyMap,
    _timeout: number | undefined,
    preview: boolean,
  ): Promise<OperationResult> {
    const id = preview ? unknownId : randomUUID();
    this.#configure(await this.#take(urn), urn, id, properties);
    return { id, outputs: pluginConfig(properties), refreshBeforeUpdate: false, initErrors: [] };
  }

  async update(
    urn: string,
    id: string,
    _oldInputs: PropertyMap,
    _oldOutputs: PropertyMap,
    newInputs: PropertyMap,
  ): Promise<OperationResult> {
    this.#configure(await this.#take(urn), urn, id, newInputs);
    return { id, outputs: pluginConfig(newInputs), refreshBeforeUpdate: false, initErrors: [] };
  }

  /** Makes the provider of an unchanged provider resource ready. */
  async same(state: ResourceState, fromCheck: boolean): Promise<void> {
    if (this.#ready.has(makeReference(state.urn, state.id))) return;
    const client = fromCheck ? await this.#take(state.urn) : await this.#load(state.urn);
    if (this.#ready.has(makeReference(state.urn, state.id))) return;
    this.#configure(client, state.urn, state.id, state.inputs);
  }

  read(): Promise<ReadResult> {
    return Promise.reject(new Error("provider resources may not be read"));
  }

  delete(urn: string, id: string): Promise<void> {
    this.#ready.delete(makeReference(urn, id));
    return Promise.resolve();
  }
}
