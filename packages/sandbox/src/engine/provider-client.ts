/** The resource operations of one configured plugin instance. */
import {
  PluginConnection,
  readDiff,
  type CheckResult,
  type OperationResult,
  type ProviderDiff,
  type ReadResult,
  type CheckFailure,
} from "./plugin-connection.ts";
import { noMetadata, providerPb, type ProviderPb } from "./protocol.ts";
import { describeError, initFailure } from "./rpc-error.ts";
import { parseUrn } from "./urn.ts";
import { containsUnknowns, type PropertyMap } from "./values.ts";
import { fromStruct, marshalStruct } from "./wire.ts";

export type { CheckFailure, CheckResult, OperationResult, ProviderDiff, ReadResult } from "./plugin-connection.ts";

/** Thrown in a preview when a provider's own configuration is not known yet. */
export class DiffUnavailable extends Error {
  override name = "DiffUnavailable";
}

const rejectUnknowns = (map: PropertyMap, urn: string): PropertyMap => {
  const key = Object.keys(map).find((name) => containsUnknowns(map[name]));
  if (key) throw new Error(`the provider returned an unknown value for "${key}" of ${urn}`);
  return map;
};

/** Checks, compares, creates, reads, updates and deletes, and runs functions of the package. */
export class ProviderClient extends PluginConnection {
  async check(
    urn: string,
    olds: PropertyMap,
    news: PropertyMap,
    seed: Uint8Array,
    preview: boolean,
  ): Promise<CheckResult> {
    if (!(await this.ready())) return { inputs: news, failures: [] };
    const { name, type } = parseUrn(urn);
    const options = { ...this.marshalOptions, unknowns: preview };
    const request = new providerPb.CheckRequest()
      .setUrn(urn)
      .setName(name)
      .setType(type)
      .setOlds(marshalStruct(olds, options))
      .setNews(marshalStruct(news, options))
      .setRandomseed(seed);
    const response = await this.call<ProviderPb.CheckResponse>(
      `check of ${urn}`,
      this.checkSeconds(),
      (callOptions, done) => this.raw.check(request, noMetadata(), callOptions, done),
    );
    const inputs = response.getInputs();
    return {
      inputs: this.withSecrets(inputs ? fromStruct(inputs) : {}, news),
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
    const options = { ...this.marshalOptions, unknowns: preview, elideAssets: true };
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
      await this.call<ProviderPb.DiffResponse>(`diff of ${urn}`, this.checkSeconds(), (callOptions, done) =>
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
    if (preview && !this.supportsPreview) return { ...skipped, outputs: properties };
    const { name, type } = parseUrn(urn);
    const request = new providerPb.CreateRequest()
      .setUrn(urn)
      .setName(name)
      .setType(type)
      .setProperties(marshalStruct(properties, { ...this.marshalOptions, unknowns: preview }))
      .setTimeout(timeout ?? 0)
      .setPreview(preview);
    const result = await this.call<ProviderPb.CreateResponse>(
      `create of ${urn}`,
      this.operationSeconds(timeout),
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
    return { ...result, outputs: this.withSecrets(result.outputs, properties) };
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
    if (preview && !this.supportsPreview) return { ...skipped, outputs: newInputs };
    const { name, type } = parseUrn(urn);
    const olds = { ...this.marshalOptions, elideAssets: true };
    const request = new providerPb.UpdateRequest()
      .setUrn(urn)
      .setId(id)
      .setName(name)
      .setType(type)
      .setOldInputs(marshalStruct(oldInputs, olds))
      .setOlds(marshalStruct(oldOutputs, olds))
      .setNews(marshalStruct(newInputs, { ...this.marshalOptions, unknowns: preview }))
      .setTimeout(timeout ?? 0)
      .setIgnorechangesList(ignored)
      .setPreview(preview);
    const result = await this.call<ProviderPb.UpdateResponse>(
      `update of ${urn}`,
      this.operationSeconds(timeout),
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
    return { ...result, outputs: this.withSecrets(result.outputs, newInputs) };
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
    const options = { ...this.marshalOptions, elideAssets: true };
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
      this.operationSeconds(timeout),
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
      outputs: this.withSecrets(result.outputs, state),
      inputs: result.inputs && this.withSecrets(result.inputs, inputs ?? {}),
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
    const options = { ...this.marshalOptions, elideAssets: true };
    const request = new providerPb.DeleteRequest()
      .setUrn(urn)
      .setId(id)
      .setName(name)
      .setType(type)
      .setOldInputs(marshalStruct(inputs, options))
      .setProperties(marshalStruct(outputs, options))
      .setTimeout(timeout ?? 0);
    await this.call(`delete of ${urn}`, this.operationSeconds(timeout), (callOptions, done) =>
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
      .setArgs(marshalStruct(args, this.marshalOptions))
      .setPreview(preview);
    const response = await this.call<ProviderPb.InvokeResponse>(
      token,
      this.operationSeconds(undefined),
      (options, done) => this.raw.invoke(request, noMetadata(), options, done),
    );
    return {
      result: fromStruct(response.getReturn()),
      failures: response.getFailuresList().map((failure) => failure.toObject()),
    };
  }
}
