import {
  grpc,
  noMetadata,
  providerPb,
  resourceGrpc,
  resourcePb,
  unary,
  channelOptions,
  type ProviderPb,
  type ResourcePb,
} from "../../engine/protocol.ts";
import {
  containsUnknowns,
  isObject,
  Signature,
  signatureKey,
  unknownValue,
  unwrapSecret,
  type PropertyMap,
  type PropertyValue,
} from "../../engine/values.ts";
import { fromStruct, toStruct } from "../../engine/wire.ts";

/** A value together with the resources that it comes from: what an Output is to a program. */
export class Ref {
  readonly value: PropertyValue | undefined;
  readonly urns: readonly string[];

  constructor(value: PropertyValue | undefined, urns: readonly string[]) {
    this.value = value;
    this.urns = urns;
  }

  /** Another value from this one; unknown stays unknown. */
  map(change: (value: PropertyValue) => PropertyValue | undefined): Ref {
    if (this.value === undefined) return this;
    return new Ref(containsUnknowns(this.value) ? unknownValue : change(unwrapSecret(this.value) ?? null), this.urns);
  }
}

/** What a child's input can be given as. */
export type Input = PropertyValue | Ref | undefined | Input[] | { [name: string]: Input };

/** A registered child. */
export interface Child {
  readonly urn: string;
  readonly id: Ref;
  readonly outputs: PropertyMap;
  /** An output; it depends on the child. */
  out(name: string): Ref;
  /** The child itself, as an output of the component. */
  readonly reference: Ref;
}

/** The options of a child that differ from its component's. */
export interface ChildOptions {
  readonly parent?: string;
  readonly dependsOn?: readonly Child[];
  readonly ignoreChanges?: readonly string[];
  readonly deleteBeforeReplace?: boolean;
  readonly provider?: string;
  readonly additionalSecretOutputs?: readonly string[];
}

/**
 * One Construct call: registers the component and its children with the monitor that the request names. All state is in the
 * object, so any number of components can be built at once.
 */
export class Construction {
  readonly name: string;
  readonly preview: boolean;
  readonly #request: ProviderPb.ConstructRequest;
  readonly #monitor: InstanceType<typeof resourceGrpc.ResourceMonitorClient>;
  readonly #args: PropertyMap;
  readonly #versions: Readonly<Record<string, string>>;
  readonly #read = new Set<string>();
  #urn = "";

  constructor(request: ProviderPb.ConstructRequest, versions: Readonly<Record<string, string>>) {
    this.name = request.getName();
    this.preview = request.getDryrun();
    this.#request = request;
    this.#versions = versions;
    this.#args = fromStruct(request.getInputs());
    this.#monitor = new resourceGrpc.ResourceMonitorClient(
      request.getMonitorendpoint(),
      grpc.credentials.createInsecure(),
      channelOptions,
    );
  }

  get urn(): string {
    return this.#urn;
  }

  /** An argument with its dependencies. */
  arg(name: string): Ref {
    this.#read.add(name);
    const urns = this.#request.getInputdependenciesMap().get(name)?.getUrnsList() ?? [];
    return new Ref(this.#args[name] ?? undefined, urns);
  }

  /** An argument that decides which children there are, so it has to be known. */
  plain(name: string): PropertyValue | undefined {
    const { value } = this.arg(name);
    if (containsUnknowns(value))
      throw new Error(
        `${this.#request.getType()} "${this.name}": ${name} decides which resources are made, so it must be known at preview.`,
      );
    return unwrapSecret(value) ?? undefined;
  }

  /** Every argument that was not read yet, for a child that takes them as they are. */
  rest(): Record<string, Ref> {
    const names = Object.keys(this.#args).filter((name) => !this.#read.has(name));
    return Object.fromEntries(names.map((name) => [name, this.arg(name)]));
  }

  /** The stack's name, as some plugins put it into hashes. */
  get stack(): string {
    return this.#request.getStack();
  }

  /** Refuses the arguments that were given and that nothing asked for: nothing is dropped silently. */
  refuseUnread(): void {
    const unread = Object.keys(this.#args).filter((name) => !this.#read.has(name) && this.#args[name] !== null);
    if (unread.length > 0) {
      throw new Error(
        `${this.#request.getType()} "${this.name}": the sandbox does not play ${unread.join(", ")}; leave out, or use the real provider.`,
      );
    }
  }

  /** Registers the component itself. */
  async begin(type = this.#request.getType()): Promise<void> {
    const request = new resourcePb.RegisterResourceRequest()
      .setType(type)
      .setName(this.name)
      .setParent(this.#request.getParent())
      .setCustom(false)
      .setObject(toStruct({}))
      .setDependenciesList(this.#request.getDependenciesList())
      .setAliasesList(this.#request.getAliasesList())
      .setAliasspecs(true)
      .setAcceptsecrets(true)
      .setSupportspartialvalues(true)
      .setDeletedwith(this.#request.getDeletedwith())
      .setIgnorechangesList(this.#request.getIgnorechangesList())
      .setReplaceonchangesList(this.#request.getReplaceonchangesList());
    this.#request
      .getProvidersMap()
      .forEach((reference: string, name: string) => request.getProvidersMap().set(name, reference));
    this.#inherit(request);
    this.#urn = (await this.#send(request)).getUrn();
  }

  /** Registers a component that is a child of this one, such as a node group's. */
  async component(type: string, name: string, parent = this.#urn): Promise<string> {
    const request = new resourcePb.RegisterResourceRequest()
      .setType(type)
      .setName(name)
      .setParent(parent)
      .setObject(toStruct({}))
      .setAcceptsecrets(true);
    this.#inherit(request);
    const urn = (await this.#send(request)).getUrn();
    await this.#outputs(urn, {});
    return urn;
  }

  /** Registers a resource that a provider manages. */
  async child(type: string, name: string, inputs: Record<string, Input>, options: ChildOptions = {}): Promise<Child> {
    const packageName = type.startsWith("pulumi:providers:") ? (type.split(":")[2] ?? "") : (type.split(":")[0] ?? "");
    const all = new Set<string>(options.dependsOn?.map(({ urn }) => urn));
    const request = new resourcePb.RegisterResourceRequest()
      .setType(type)
      .setName(name)
      .setParent(options.parent ?? this.#urn)
      .setCustom(true)
      .setVersion(this.#versions[packageName] ?? "")
      .setAcceptsecrets(true)
      .setAcceptresources(true)
      .setSupportspartialvalues(true)
      .setIgnorechangesList([...(options.ignoreChanges ?? [])])
      .setAdditionalsecretoutputsList([...(options.additionalSecretOutputs ?? [])]);
    const provider = options.provider ?? this.#request.getProvidersMap().get(packageName);
    if (provider && !type.startsWith("pulumi:providers:")) request.setProvider(provider);
    if (options.deleteBeforeReplace !== undefined)
      request.setDeletebeforereplace(options.deleteBeforeReplace).setDeletebeforereplacedefined(true);
    const object: PropertyMap = {};
    for (const [key, input] of Object.entries(inputs)) {
      const urns = new Set<string>();
      const value = resolve(input, urns);
      if (value === undefined) continue;
      object[key] = value;
      const dependencies = new resourcePb.RegisterResourceRequest.PropertyDependencies().setUrnsList([...urns]);
      request.getPropertydependenciesMap().set(key, dependencies);
      for (const urn of urns) all.add(urn);
    }
    for (const urn of this.#request.getDependenciesList()) all.add(urn);
    request.setObject(toStruct(object)).setDependenciesList([...all]);
    this.#inherit(request);
    const response = await this.#send(request);
    return this.#made(response);
  }

  /** Calls a function with the provider that the component was given for its package. */
  async invoke(token: string, args: PropertyMap): Promise<PropertyMap> {
    const packageName = token.split(":")[0] ?? "";
    const request = new resourcePb.ResourceInvokeRequest()
      .setTok(token)
      .setArgs(toStruct(args))
      .setProvider(this.#request.getProvidersMap().get(packageName) ?? "")
      .setVersion(this.#versions[packageName] ?? "");
    const response = await unary<ProviderPb.InvokeResponse>((done) =>
      this.#monitor.invoke(request, noMetadata(), done as never),
    );
    const [failure] = response.getFailuresList();
    if (failure) throw new Error(`${token}: ${failure.getProperty()} ${failure.getReason()}`);
    return fromStruct(response.getReturn());
  }

  /** Stores the component's outputs and makes the answer. */
  async finish(outputs: Record<string, Input>): Promise<ProviderPb.ConstructResponse> {
    const response = new providerPb.ConstructResponse().setUrn(this.#urn);
    const state: PropertyMap = {};
    for (const [name, output] of Object.entries(outputs)) {
      const urns = new Set<string>();
      const value = resolve(output, urns);
      if (value === undefined) continue;
      state[name] = value;
      response
        .getStatedependenciesMap()
        .set(name, new providerPb.ConstructResponse.PropertyDependencies().setUrnsList([...urns]));
    }
    await this.#outputs(this.#urn, state);
    return response.setState(toStruct(state));
  }

  close(): void {
    this.#monitor.close();
  }

  #made(response: ResourcePb.RegisterResourceResponse): Child {
    const urn = response.getUrn();
    const id = response.getId() || (this.preview ? unknownValue : "");
    const outputs = fromStruct(response.getObject());
    const out = (name: string): Ref => new Ref(outputs[name] ?? (this.preview ? unknownValue : undefined), [urn]);
    const reference = new Ref({ [signatureKey]: Signature.Resource, urn, id, packageVersion: "" }, [urn]);
    return { urn, id: new Ref(id, [urn]), outputs, out, reference };
  }

  #inherit(request: ResourcePb.RegisterResourceRequest): void {
    if (this.#request.hasProtect()) request.setProtect(this.#request.getProtect() === true);
    if (this.#request.hasRetainondelete()) request.setRetainondelete(this.#request.getRetainondelete() === true);
  }

  #send(request: ResourcePb.RegisterResourceRequest): Promise<ResourcePb.RegisterResourceResponse> {
    return unary((done) => this.#monitor.registerResource(request, noMetadata(), done));
  }

  async #outputs(urn: string, outputs: PropertyMap): Promise<void> {
    const request = new resourcePb.RegisterResourceOutputsRequest().setUrn(urn).setOutputs(toStruct(outputs));
    await unary((done) => this.#monitor.registerResourceOutputs(request, noMetadata(), done as never));
  }
}

function resolve(input: Input, urns: Set<string>): PropertyValue | undefined {
  if (input instanceof Ref) {
    for (const urn of input.urns) urns.add(urn);
    return input.value;
  }
  if (Array.isArray(input)) return input.flatMap((item) => resolve(item, urns) ?? []);
  if (!isObject(input as PropertyValue | undefined)) return input as PropertyValue | undefined;
  const result: PropertyMap = {};
  for (const [name, item] of Object.entries(input as Record<string, Input>)) {
    const value = resolve(item, urns);
    if (value !== undefined) result[name] = value;
  }
  return result;
}
