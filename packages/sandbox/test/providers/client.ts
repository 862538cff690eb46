import type * as grpcTypes from "@grpc/grpc-js";
import { grpc, providerGrpc, providerPb, unary, type ProviderPb } from "../../src/engine/protocol.ts";
import type { PropertyMap } from "../../src/engine/values.ts";
import { fromStruct, toStruct } from "../../src/engine/wire.ts";

/** A provider instance as an engine sees it: a connection of its own. */
export class ProviderClient {
  readonly #client: InstanceType<typeof providerGrpc.ResourceProviderClient>;

  constructor(port: number) {
    // Two connections of one process are only two when they do not share subchannels.
    this.#client = new providerGrpc.ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
    } satisfies grpcTypes.ChannelOptions);
  }

  async configure(config: PropertyMap): Promise<void> {
    const request = new providerPb.ConfigureRequest().setArgs(toStruct(config));
    await unary((done) => this.#client.configure(request, done));
  }

  async check(
    urn: string,
    news: PropertyMap,
    olds: PropertyMap = {},
  ): Promise<{ inputs: PropertyMap; failures: string[] }> {
    const request = new providerPb.CheckRequest().setUrn(urn).setNews(toStruct(news)).setOlds(toStruct(olds));
    const response = await unary<ProviderPb.CheckResponse>((done) => this.#client.check(request, done));
    const failures = response.getFailuresList().map((failure) => `${failure.getProperty()}: ${failure.getReason()}`);
    return { inputs: fromStruct(response.getInputs()), failures };
  }

  async create(urn: string, inputs: PropertyMap, preview = false): Promise<{ id: string; outputs: PropertyMap }> {
    const request = new providerPb.CreateRequest().setUrn(urn).setProperties(toStruct(inputs)).setPreview(preview);
    const response = await unary<ProviderPb.CreateResponse>((done) => this.#client.create(request, done));
    return { id: response.getId(), outputs: fromStruct(response.getProperties()) };
  }

  async diff(urn: string, id: string, oldInputs: PropertyMap, news: PropertyMap): Promise<ProviderPb.DiffResponse> {
    const request = new providerPb.DiffRequest()
      .setUrn(urn)
      .setId(id)
      .setOlds(toStruct(oldInputs))
      .setOldInputs(toStruct(oldInputs))
      .setNews(toStruct(news));
    return unary((done) => this.#client.diff(request, done));
  }

  async update(urn: string, id: string, olds: PropertyMap, news: PropertyMap): Promise<PropertyMap> {
    const request = new providerPb.UpdateRequest()
      .setUrn(urn)
      .setId(id)
      .setOlds(toStruct(olds))
      .setNews(toStruct(news));
    return fromStruct(
      (await unary<ProviderPb.UpdateResponse>((done) => this.#client.update(request, done))).getProperties(),
    );
  }

  async read(urn: string, id: string, state: PropertyMap = {}): Promise<{ id: string; outputs: PropertyMap }> {
    const request = new providerPb.ReadRequest().setUrn(urn).setId(id).setProperties(toStruct(state));
    const response = await unary<ProviderPb.ReadResponse>((done) => this.#client.read(request, done));
    return { id: response.getId(), outputs: fromStruct(response.getProperties()) };
  }

  async delete(urn: string, id: string): Promise<void> {
    await unary((done) => this.#client.delete(new providerPb.DeleteRequest().setUrn(urn).setId(id), done));
  }

  async invoke(token: string, args: PropertyMap = {}): Promise<PropertyMap> {
    const request = new providerPb.InvokeRequest().setTok(token).setArgs(toStruct(args));
    const response = await unary<ProviderPb.InvokeResponse>((done) => this.#client.invoke(request, done));
    const [failure] = response.getFailuresList();
    if (failure) throw new Error(`${failure.getProperty()}: ${failure.getReason()}`);
    return fromStruct(response.getReturn());
  }

  close(): void {
    this.#client.close();
  }
}

/** The URN of a resource of the tests' stack. */
export const urnOf = (type: string, name: string): string => `urn:pulumi:test::mrgc::${type}::${name}`;
