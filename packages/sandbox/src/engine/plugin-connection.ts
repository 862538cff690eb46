/** A connection to one provider plugin instance: handshake, configuration, and calls with a deadline. */
import { inProcessClient, type ProviderEndpoint } from "./in-process-provider.ts";
import { isUnimplemented } from "./rpc-error.ts";
import type { Diff, DetailedDiff } from "./model.ts";
import {
  channelOptions,
  grpc,
  noMetadata,
  pluginPb,
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

/** How long a call may take when the resource says nothing: as long as the slowest AWS resources need. */
export const defaultDeadlineSeconds = 1800;
/** Calls that only compute have no reason to take long. */
const checkDeadlineSeconds = 120;

export interface ProviderOptions {
  endpoint: ProviderEndpoint;
  packageName: string;
  /** Overrides the default deadlines; seconds. */
  deadlineSeconds?: number;
}

const diffKinds = ["add", "add", "delete", "delete", "update", "update"] as const;

export function readDiff(response: ProviderPb.DiffResponse): ProviderDiff {
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

/** Handshakes, configures and calls one plugin instance. */
export class PluginConnection {
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
    const { endpoint } = options;
    this.raw =
      typeof endpoint === "string"
        ? new providerGrpc.ResourceProviderClient(endpoint, grpc.credentials.createInsecure(), {
            ...channelOptions,
            "grpc.use_local_subchannel_pool": 1,
          })
        : inProcessClient(endpoint);
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
        this.checkSeconds(),
        (options, done) => this.raw.handshake(request, noMetadata(), options, done),
      );
      this.#handshook = true;
      this.#secrets = response.getAcceptSecrets();
      this.#resources = response.getAcceptResources();
      this.#outputs = response.getAcceptOutputs();
      this.#supportsPreview = true;
    } catch (error) {
      if (!isUnimplemented(error)) throw error;
      await this.#attach(engineAddress);
    }
  }

  async #attach(engineAddress: string): Promise<void> {
    const request = new pluginPb.PluginAttach().setAddress(engineAddress);
    try {
      await this.call("attach", this.checkSeconds(), (options, done) =>
        this.raw.attach(request, noMetadata(), options, done),
      );
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

  protected checkSeconds(): number {
    return this.#deadlineSeconds ?? checkDeadlineSeconds;
  }

  protected operationSeconds(timeout: number | undefined): number {
    return timeout || this.#deadlineSeconds || defaultDeadlineSeconds;
  }

  /** What the instance understands. */
  get marshalOptions(): MarshalOptions {
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
        this.checkSeconds(),
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
        await this.call<ProviderPb.DiffResponse>(`configuration of ${urn}`, this.checkSeconds(), (options, done) =>
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
      this.checkSeconds(),
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

  /** Whether previews may be asked of the plugin itself. */
  protected get supportsPreview(): boolean {
    return this.#supportsPreview;
  }

  get acceptsOutputs(): boolean {
    return this.#outputs;
  }

  protected withSecrets(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
    return this.#secrets ? outputs : annotateSecrets(outputs, inputs);
  }
}
