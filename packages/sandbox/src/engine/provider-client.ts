/** One configured instance of a provider plugin, over a connection of its own: plugins tell instances apart by it. */
import { describeError, initFailure, isUnimplemented } from "./rpc-error.ts";
import type { Diff, DetailedDiff } from "./model.ts";
import {
  channelOptions,
  grpc,
  noMetadata,
  providerGrpc,
  providerPb,
  unary,
  type GrpcModule,
  type ProviderGrpc,
  type ProviderPb,
} from "./protocol.ts";
import { parseUrn } from "./urn.ts";
import { annotateSecrets, containsUnknowns, plainValue, type MarshalOptions, type PropertyMap } from "./values.ts";
import { fromStruct, marshalStruct } from "./wire.ts";

export interface CheckFailure {
  property: string;
  reason: string;
}

export interface CheckResult {
  inputs: PropertyMap;
  failures: CheckFailure[];
}

export interface OperationResult {
  id: string;
  outputs: PropertyMap;
  refreshBeforeUpdate: boolean;
  /** Why a created or updated resource is not healthy; empty when it is. */
  initErrors: string[];
}

export interface ReadResult extends OperationResult {
  /** Undefined when the provider reports no inputs. */
  inputs: PropertyMap | undefined;
  found: boolean;
}

/** A diff as the plugin gave it; `unknown` leaves the comparison to the engine. */
export type ProviderDiff = Omit<Diff, "changes"> & { changes: "none" | "some" | "unknown" };

/** Thrown in a preview when a provider's own configuration is not known yet. */
export class DiffUnavailable extends Error {
  override name = "DiffUnavailable";
}

/** How long a call may take when the resource says nothing: as long as the slowest AWS resources need. */
export const defaultDeadlineSeconds = 1800;
/** Calls that only compute have no reason to take long. */
const checkDeadlineSeconds = 120;

export interface ProviderOptions {
  /** `host:port` of the plugin. */
  address: string;
  packageName: string;
  /** Overrides the default deadlines; seconds. */
  deadlineSeconds?: number;
}

const diffKinds = ["add", "add", "delete", "delete", "update", "update"] as const;

function readDiff(response: ProviderPb.DiffResponse): ProviderDiff {
  const changes = (["unknown", "none", "some"] as const)[response.getChanges()] ?? "unknown";
  const detailed: DetailedDiff = {};
  response.getDetaileddiffMap().forEach((entry: ProviderPb.PropertyDiff, path: string) => {
    const kind = entry.getKind();
    detailed[path] = { kind: diffKinds[kind]!, replace: kind % 2 === 1 };
  });
  return {
    changes,
    replaceKeys: response.getReplacesList(),
    changedKeys: response.getDiffsList(),
    deleteBeforeReplace: response.getDeletebeforereplace(),
    ...(response.getHasdetaileddiff() ? { detailed } : {}),
  };
}

const rejectUnknowns = (map: PropertyMap, urn: string): PropertyMap => {
  const key = Object.keys(map).find((name) => containsUnknowns(map[name]));
  if (key) throw new Error(`the provider returned an unknown value for "${key}" of ${urn}`);
  return map;
};

/** Handshakes, configures and calls one plugin instance. */
export class ProviderClient {
  readonly packageName: string;
  readonly raw: ProviderGrpc.ResourceProviderClient;
  #deadlineSeconds: number | undefined;
  #configured: Promise<void> | undefined;
  #known = true;
  #secrets = false;
  #resources = false;
  #outputs = false;
  #supportsPreview = false;
  #handshook = false;

  constructor(options: ProviderOptions) {
    this.packageName = options.packageName;
    this.#deadlineSeconds = options.deadlineSeconds;
    this.raw = new providerGrpc.ResourceProviderClient(options.address, grpc.credentials.createInsecure(), {
      ...channelOptions,
      "grpc.use_local_subchannel_pool": 1,
    });
  }

  close(): void {
    this.raw.close();
  }

  /** Tells the plugin where the engine is. Plugins from before the handshake are told by `Attach` alone. */
  async connect(engineAddress: string): Promise<void> {
    const request = new providerPb.ProviderHandshakeRequest()
      .setEngineAddress(engineAddress)
      .setConfigureWithUrn(true)
      .setSupportsRefreshBeforeUpdate(true)
      .setInvokeWithPreview(true);
    try {
      const response = await this.call<ProviderPb.ProviderHandshakeResponse>(
        "handshake",
        this.#checkSeconds(),
        (options, done) => this.raw.handshake(request, noMetadata(), options, done),
      );
      this.#handshook = true;
      this.#secrets = response.getAcceptSecrets();
      this.#resources = response.getAcceptResources();
      this.#outputs = response.getAcceptOutputs();
      this.#supportsPreview = true;
    } catch (error) {
      if (!isUnimplemented(error)) throw error;
    }
  }

  /** Makes a call that ends at its deadline with an error that names the resource. */
  async call<Response>(
    what: string,
    seconds: number,
    invoke: (
      options: Partial<GrpcModule.CallOptions>,
      done: (error: GrpcModule.ServiceError | null, response: Response) => void,
    ) => unknown,
  ): Promise<Response> {
    try {
      return await unary<Response>((done) => invoke({ deadline: Date.now() + seconds * 1000 }, done));
    } catch (error) {
      if ((error as GrpcModule.ServiceError).code !== grpc.status.DEADLINE_EXCEEDED) throw error;
      throw new Error(
        `the ${this.packageName} provider did not answer within ${seconds} s (${what}); raise customTimeouts if it needs longer`,
        {
          cause: error,
        },
      );
    }
  }

  #checkSeconds(): number {
    return this.#deadlineSeconds ?? checkDeadlineSeconds;
  }

  #operationSeconds(timeout: number | undefined): number {
    return timeout || this.#deadlineSeconds || defaultDeadlineSeconds;
  }

  get #plain(): MarshalOptions {
    return { secrets: this.#secrets, resources: this.#resources };
  }

  async checkConfig(urn: string, olds: PropertyMap, news: PropertyMap): Promise<CheckResult> {
    const { name, type } = parseUrn(urn);
    const request = new providerPb.CheckRequest()
      .setUrn(urn)
      .setName(name)
      .setType(type)
      .setOlds(marshalStruct(olds, { unknowns: true }))
      .setNews(marshalStruct(news, { unknowns: true }));
    try {
      const response = await this.call<ProviderPb.CheckResponse>(
        `configuration of ${urn}`,
        this.#checkSeconds(),
        (options, done) => this.raw.checkConfig(request, noMetadata(), options, done),
      );
      return {
        inputs: annotateSecrets(fromStruct(response.getInputs()), news),
        failures: response.getFailuresList().map((failure) => failure.toObject()),
      };
    } catch (error) {
      if (isUnimplemented(error)) return { inputs: news, failures: [] };
      throw error;
    }
  }

  async diffConfig(
    urn: string,
    oldInputs: PropertyMap,
    oldOutputs: PropertyMap,
    newInputs: PropertyMap,
    ignored: string[],
  ): Promise<ProviderDiff> {
    const { name, type } = parseUrn(urn);
    const request = new providerPb.DiffRequest()
      .setUrn(urn)
      .setName(name)
      .setType(type)
      .setOldInputs(marshalStruct(oldInputs, { unknowns: true }))
      .setOlds(marshalStruct(oldOutputs, { unknowns: true }))
      .setNews(marshalStruct(newInputs, { unknowns: true }))
      .setIgnorechangesList(ignored);
    try {
      return readDiff(
        await this.call<ProviderPb.DiffResponse>(`configuration of ${urn}`, this.#checkSeconds(), (options, done) =>
          this.raw.diffConfig(request, noMetadata(), options, done),
        ),
      );
    } catch (error) {
      if (isUnimplemented(error))
        return { changes: "unknown", replaceKeys: [], changedKeys: [], deleteBeforeReplace: false };
      throw error;
    }
  }

  /** Begins to configure; every other call waits for it. With unknown inputs the plugin is left alone. */
  configure(urn: string, id: string, inputs: PropertyMap): void {
    if (Object.entries(inputs).some(([key, value]) => key !== "version" && containsUnknowns(value))) {
      this.#known = false;
      this.#configured = Promise.resolve();
      return;
    }
    this.#configured = this.#configure(urn, id, inputs);
    // Whoever makes the next call reports the failure; without one nobody needs the provider.
    this.#configured.catch(() => undefined);
  }

  async #configure(urn: string, id: string, inputs: PropertyMap): Promise<void> {
    const { name, type } = parseUrn(urn);
    const request = new providerPb.ConfigureRequest()
      .setUrn(urn)
      .setName(name)
      .setType(type)
      .setId(id)
      .setAcceptsecrets(true)
      .setAcceptresources(true)
      .setSendsOldInputs(true)
      .setSendsOldInputsToDelete(true)
      .setArgs(marshalStruct(inputs, { unknowns: true, secrets: true, resources: true }));
    for (const [key, value] of Object.entries(inputs)) {
      if (key === "version") continue;
      const plain = plainValue(value);
      request
        .getVariablesMap()
        .set(`${this.packageName}:config:${key}`, typeof plain === "string" ? plain : JSON.stringify(plain));
    }
    const response = await this.call<ProviderPb.ConfigureResponse>(
      `configuring ${urn}`,
      this.#checkSeconds(),
      (options, done) => this.raw.configure(request, noMetadata(), options, done),
    );
    if (this.#handshook) return;
    this.#secrets = response.getAcceptsecrets();
    this.#resources = response.getAcceptresources();
    this.#outputs = response.getAcceptoutputs();
    this.#supportsPreview = response.getSupportspreview();
  }

  /** Whether the instance is configured; false in a preview when its inputs are unknown. Throws why it could not be. */
  async ready(): Promise<boolean> {
    await this.#configured;
    return this.#known;
  }

  get acceptsOutputs(): boolean {
    return this.#outputs;
  }

  get marshalOptions(): MarshalOptions {
    return this.#plain;
  }

  #withSecrets(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
    return this.#secrets ? outputs : annotateSecrets(outputs, inputs);
  }

  async check(
    urn: string,
    olds: PropertyMap,
    news: PropertyMap,
    seed: Uint8Array,
    preview: boolean,
  ): Promise<CheckResult> {
    if (!(await this.ready())) return { inputs: news, failures: [] };
    const { name, type } = parseUrn(urn);
    const options = { ...this.#plain, unknowns: preview };
    const request = new providerPb.CheckRequest()
      .setUrn(urn)
      .setName(name)
      .setType(type)
      .setOlds(marshalStruct(olds, options))
      .setNews(marshalStruct(news, options))
      .setRandomseed(seed);
    const response = await this.call<ProviderPb.CheckResponse>(
      `check of ${urn}`,
      this.#checkSeconds(),
      (callOptions, done) => this.raw.check(request, noMetadata(), callOptions, done),
    );
    const inputs = response.getInputs();
    return {
      inputs: this.#withSecrets(inputs ? fromStruct(inputs) : {}, news),
      failures: response.getFailuresList().map((failure) => failure.toObject()),
    };
  }

  async diff(
    urn: string,
    id: string,
    oldInputs: PropertyMap,
    oldOutputs: PropertyMap,
    newInputs: PropertyMap,
    preview: boolean,
    ignored: string[],
  ): Promise<ProviderDiff> {
    if (!(await this.ready())) {
      throw new DiffUnavailable(
        "The provider for this resource has inputs that are not known during preview.\nThis preview may not correctly represent the changes that will be applied during an update.",
      );
    }
    const { name, type } = parseUrn(urn);
    const options = { ...this.#plain, unknowns: preview, elideAssets: true };
    const request = new providerPb.DiffRequest()
      .setUrn(urn)
      .setId(id)
      .setName(name)
      .setType(type)
      .setOldInputs(marshalStruct(oldInputs, options))
      .setOlds(marshalStruct(oldOutputs, options))
      .setNews(marshalStruct(newInputs, options))
      .setIgnorechangesList(ignored);
    return readDiff(
      await this.call<ProviderPb.DiffResponse>(`diff of ${urn}`, this.#checkSeconds(), (callOptions, done) =>
        this.raw.diff(request, noMetadata(), callOptions, done),
      ),
    );
  }

  /** Turns a partial failure into a result with its reasons; rethrows anything else. */
  #partial(error: unknown, id: string): OperationResult & { inputs: PropertyMap | undefined } {
    const failure = initFailure(error);
    if (!failure) throw error;
    return {
      id: failure.id || id,
      outputs: failure.properties,
      inputs: failure.inputs,
      refreshBeforeUpdate: false,
      initErrors: failure.reasons.length > 0 ? failure.reasons : [describeError(error)],
    };
  }

  async create(
    urn: string,
    properties: PropertyMap,
    timeout: number | undefined,
    preview: boolean,
  ): Promise<OperationResult> {
    const known = await this.ready();
    const skipped = { id: "", refreshBeforeUpdate: false, initErrors: [] };
    if (preview && !known) return { ...skipped, outputs: {} };
    if (preview && !this.#supportsPreview) return { ...skipped, outputs: properties };
    const { name, type } = parseUrn(urn);
    const request = new providerPb.CreateRequest()
      .setUrn(urn)
      .setName(name)
      .setType(type)
      .setProperties(marshalStruct(properties, { ...this.#plain, unknowns: preview }))
      .setTimeout(timeout ?? 0)
      .setPreview(preview);
    const result = await this.call<ProviderPb.CreateResponse>(
      `create of ${urn}`,
      this.#operationSeconds(timeout),
      (options, done) => this.raw.create(request, noMetadata(), options, done),
    ).then(
      (response) => ({
        id: response.getId(),
        outputs: fromStruct(response.getProperties()),
        refreshBeforeUpdate: response.getRefreshBeforeUpdate(),
        initErrors: [],
      }),
      (error: unknown) => this.#partial(error, ""),
    );
    if (result.id === "" && !preview) throw new Error(`the ${this.packageName} provider returned no ID for ${urn}`);
    if (!preview) rejectUnknowns(result.outputs, urn);
    return { ...result, outputs: this.#withSecrets(result.outputs, properties) };
  }

  async update(
    urn: string,
    id: string,
    oldInputs: PropertyMap,
    oldOutputs: PropertyMap,
    newInputs: PropertyMap,
    timeout: number | undefined,
    ignored: string[],
    preview: boolean,
  ): Promise<OperationResult> {
    const known = await this.ready();
    const skipped = { id, refreshBeforeUpdate: false, initErrors: [] };
    if (preview && !known) return { ...skipped, outputs: {} };
    if (preview && !this.#supportsPreview) return { ...skipped, outputs: newInputs };
    const { name, type } = parseUrn(urn);
    const olds = { ...this.#plain, elideAssets: true };
    const request = new providerPb.UpdateRequest()
      .setUrn(urn)
      .setId(id)
      .setName(name)
      .setType(type)
      .setOldInputs(marshalStruct(oldInputs, olds))
      .setOlds(marshalStruct(oldOutputs, olds))
      .setNews(marshalStruct(newInputs, { ...this.#plain, unknowns: preview }))
      .setTimeout(timeout ?? 0)
      .setIgnorechangesList(ignored)
      .setPreview(preview);
    const result = await this.call<ProviderPb.UpdateResponse>(
      `update of ${urn}`,
      this.#operationSeconds(timeout),
      (options, done) => this.raw.update(request, noMetadata(), options, done),
    ).then(
      (response) => ({
        id,
        outputs: fromStruct(response.getProperties()),
        refreshBeforeUpdate: response.getRefreshBeforeUpdate(),
        initErrors: [],
      }),
      (error: unknown) => this.#partial(error, id),
    );
    if (!preview) rejectUnknowns(result.outputs, urn);
    return { ...result, outputs: this.#withSecrets(result.outputs, newInputs) };
  }

  async read(
    urn: string,
    id: string,
    inputs: PropertyMap | undefined,
    state: PropertyMap,
    timeout: number | undefined,
  ): Promise<ReadResult> {
    if (!(await this.ready()))
      return { id: "", outputs: {}, inputs: {}, refreshBeforeUpdate: false, initErrors: [], found: true };
    const { name, type } = parseUrn(urn);
    const options = { ...this.#plain, elideAssets: true };
    const request = new providerPb.ReadRequest()
      .setUrn(urn)
      .setId(id)
      .setName(name)
      .setType(type)
      .setProperties(marshalStruct(state, options))
      .setTimeout(timeout ?? 0);
    if (inputs) request.setInputs(marshalStruct(inputs, options));
    const result = await this.call<ProviderPb.ReadResponse>(
      `read of ${urn}`,
      this.#operationSeconds(timeout),
      (callOptions, done) => this.raw.read(request, noMetadata(), callOptions, done),
    ).then(
      (response) => {
        const live = response.getInputs();
        return {
          id: response.getId(),
          outputs: fromStruct(response.getProperties()),
          inputs: live ? fromStruct(live) : undefined,
          refreshBeforeUpdate: response.getRefreshBeforeUpdate(),
          initErrors: [] as string[],
          found: response.hasProperties(),
        };
      },
      (error: unknown) => ({ ...this.#partial(error, id), found: true }),
    );
    rejectUnknowns(result.outputs, urn);
    return {
      ...result,
      outputs: this.#withSecrets(result.outputs, state),
      inputs: result.inputs && this.#withSecrets(result.inputs, inputs ?? {}),
    };
  }

  async delete(
    urn: string,
    id: string,
    inputs: PropertyMap,
    outputs: PropertyMap,
    timeout: number | undefined,
  ): Promise<void> {
    await this.ready();
    const { name, type } = parseUrn(urn);
    const options = { ...this.#plain, elideAssets: true };
    const request = new providerPb.DeleteRequest()
      .setUrn(urn)
      .setId(id)
      .setName(name)
      .setType(type)
      .setOldInputs(marshalStruct(inputs, options))
      .setProperties(marshalStruct(outputs, options))
      .setTimeout(timeout ?? 0);
    await this.call(`delete of ${urn}`, this.#operationSeconds(timeout), (callOptions, done) =>
      this.raw.delete(request, noMetadata(), callOptions, done),
    );
  }

  /** Runs a function of the package. */
  async invoke(
    token: string,
    args: PropertyMap,
    preview: boolean,
  ): Promise<{ result: PropertyMap; failures: CheckFailure[] }> {
    // With an unknown configuration the CLI answers nothing, and the program sees unknown values.
    if (!(await this.ready())) return { result: {}, failures: [] };
    const request = new providerPb.InvokeRequest()
      .setTok(token)
      .setArgs(marshalStruct(args, this.#plain))
      .setPreview(preview);
    const response = await this.call<ProviderPb.InvokeResponse>(
      token,
      this.#operationSeconds(undefined),
      (options, done) => this.raw.invoke(request, noMetadata(), options, done),
    );
    return {
      result: fromStruct(response.getReturn()),
      failures: response.getFailuresList().map((failure) => failure.toObject()),
    };
  }
}
