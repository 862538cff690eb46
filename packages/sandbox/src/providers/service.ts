import type * as grpcTypes from "@grpc/grpc-js";
import {
  Empty,
  grpc,
  pluginPb,
  providerPb,
  serve,
  channelOptions,
  providerGrpc,
  type ProviderPb,
} from "../engine/protocol.ts";
import type { ProviderHandler, ProviderService } from "../engine/in-process-provider.ts";
import { isObject, unwrapSecret, type PropertyMap } from "../engine/values.ts";
import { fromStruct, toStruct } from "../engine/wire.ts";
import type { Refusal } from "../schema/validate.ts";
import type { Difference, ResourceModel, Subject } from "./model.ts";

type Call<Request> = grpcTypes.ServerUnaryCall<Request, unknown>;

/** A running provider. */
export interface RunningServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Serves a `pulumirpc.ResourceProvider` whose methods are `handlers`; what is not there answers "unimplemented". */
export async function serveProvider(handlers: ProviderService): Promise<RunningServer> {
  const server = new grpc.Server(channelOptions);
  const definition = providerGrpc.ResourceProviderService as unknown as grpcTypes.ServiceDefinition;
  const implementation = Object.entries(handlers).map(([name, handler]) => [name, unaryHandler(handler)] as const);
  // Every method here is unary, which the generated definition's type cannot say of a table.
  server.addService(definition, Object.fromEntries(implementation) as grpcTypes.UntypedServiceImplementation);
  const address = await serve(server);
  return {
    port: Number(address.split(":").at(-1)),
    stop: () =>
      new Promise((resolve) => {
        server.forceShutdown();
        resolve();
      }),
  };
}

function unaryHandler(handler: ProviderHandler): grpcTypes.handleUnaryCall<never, unknown> {
  return (call: Call<never>, callback: grpcTypes.sendUnaryData<unknown>): void => {
    Promise.resolve()
      .then(() => handler(call.request, call.getPeer()))
      .then(
        (response) => callback(null, response),
        (error: unknown) =>
          callback({ code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) }),
      );
  };
}

/** The methods that say how to speak with a provider; every provider of the sandbox answers them alike. */
export function lifecycle(version: string): ProviderService {
  return {
    handshake: () => {
      const response = new providerPb.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      return response;
    },
    getPluginInfo: () => new pluginPb.PluginInfo().setVersion(version),
    attach: () => new Empty(),
    cancel: () => new Empty(),
    getSchema: () => new providerPb.GetSchemaResponse().setSchema("{}"),
    getMapping: () => new providerPb.GetMappingResponse(),
    getMappings: () => new providerPb.GetMappingsResponse(),
  };
}

/** The answer to Configure: secrets and previews are understood. */
export function configured(): ProviderPb.ConfigureResponse {
  const response = new providerPb.ConfigureResponse();
  response.setAcceptsecrets(true);
  response.setSupportspreview(true);
  return response;
}

/** The arguments of a Configure call; strings that hold JSON are objects and lists, as the engine sends them. */
export function configuration(request: ProviderPb.ConfigureRequest): PropertyMap {
  const args = fromStruct(request.getArgs());
  for (const [name, value] of Object.entries(args)) {
    const plain = unwrapSecret(value);
    if (typeof plain === "string" && /^[[{]/.test(plain)) {
      try {
        args[name] = JSON.parse(plain) as PropertyMap;
      } catch {
        // A string that only looks like JSON stays a string.
      }
    }
  }
  return args;
}

/** Puts a resource model behind gRPC. */
export function resourceService(model: ResourceModel): ProviderService {
  // A request does not say which configured instance it is for, but each instance has a connection of its own.
  const configs = new Map<string, PropertyMap>();
  const configOf = (peer: string): PropertyMap => {
    const config = configs.get(peer);
    if (config) return config;
    const distinct = new Map([...configs.values()].map((each) => [JSON.stringify(each), each]));
    const [only] = distinct.values();
    return distinct.size === 1 && only ? only : {};
  };
  const subject = (request: { getUrn(): string; getName(): string; getType(): string }, peer: string): Subject => {
    const urn = request.getUrn();
    return {
      urn,
      type: request.getType() || (urn.split("::")[2] ?? "").split("$").at(-1) || "",
      name: request.getName() || urn.split("::").slice(3).join("::"),
      config: configOf(peer),
    };
  };

  return {
    ...lifecycle(model.version),
    checkConfig: (request: ProviderPb.CheckRequest) => {
      const inputs = fromStruct(request.getNews());
      return checked(inputs, model.checkConfig(inputs));
    },
    diffConfig: (request: ProviderPb.DiffRequest) => {
      const old = fromStruct(request.getOldInputs() ?? request.getOlds());
      const news = fromStruct(request.getNews());
      const changed = Object.keys({ ...old, ...news }).filter(
        (key) => JSON.stringify(old[key]) !== JSON.stringify(news[key]),
      );
      const response = new providerPb.DiffResponse();
      response.setChanges(changed.length > 0 ? 2 : 1);
      response.setDiffsList(changed);
      response.setReplacesList(changed.filter((key) => model.replacingConfig.includes(key)));
      return response;
    },
    configure: (request: ProviderPb.ConfigureRequest, peer: string) => {
      configs.set(peer, configuration(request));
      return configured();
    },
    check: (request: ProviderPb.CheckRequest, peer: string) => {
      const olds = fromStruct(request.getOlds());
      const { inputs, refusals } = model.check(
        subject(request, peer),
        fromStruct(request.getNews()),
        Object.keys(olds).length > 0 ? olds : undefined,
      );
      return checked(inputs, refusals);
    },
    diff: (request: ProviderPb.DiffRequest, peer: string) =>
      diffed(
        model.diff(
          subject(request, peer),
          request.getId(),
          fromStruct(request.getOldInputs() ?? request.getOlds()),
          fromStruct(request.getOlds()),
          fromStruct(request.getNews()),
        ),
      ),
    create: async (request: ProviderPb.CreateRequest, peer: string) => {
      const { id, outputs } = await model.create(
        subject(request, peer),
        fromStruct(request.getProperties()),
        request.getPreview(),
      );
      return new providerPb.CreateResponse().setId(id).setProperties(toStruct(outputs));
    },
    read: (request: ProviderPb.ReadRequest, peer: string) => {
      const known = { ...fromStruct(request.getProperties()), ...fromStruct(request.getInputs()) };
      const found = model.read(subject(request, peer), request.getId(), known);
      const response = new providerPb.ReadResponse();
      if (!found) return response;
      return response.setId(found.id).setInputs(toStruct(found.inputs)).setProperties(toStruct(found.outputs));
    },
    update: async (request: ProviderPb.UpdateRequest, peer: string) => {
      const outputs = await model.update(
        subject(request, peer),
        request.getId(),
        fromStruct(request.getOlds()),
        fromStruct(request.getNews()),
        request.getPreview(),
      );
      return new providerPb.UpdateResponse().setProperties(toStruct(outputs));
    },
    delete: async (request: ProviderPb.DeleteRequest, peer: string) => {
      await model.delete(subject(request, peer), request.getId());
      return new Empty();
    },
    invoke: (request: ProviderPb.InvokeRequest, peer: string) => {
      const { result, refusals } = model.invoke(request.getTok(), fromStruct(request.getArgs()), configOf(peer));
      const response = new providerPb.InvokeResponse();
      if (refusals && refusals.length > 0) return response.setFailuresList(refusals.map(failure));
      return response.setReturn(toStruct(isObject(result) ? result : {}));
    },
  };
}

function failure(refusal: Refusal): ProviderPb.CheckFailure {
  return new providerPb.CheckFailure().setProperty(refusal.property).setReason(refusal.reason);
}

function checked(inputs: PropertyMap, refusals: readonly Refusal[]): ProviderPb.CheckResponse {
  const response = new providerPb.CheckResponse();
  response.setInputs(toStruct(inputs));
  response.setFailuresList(refusals.map(failure));
  return response;
}

function diffed(difference: Difference): ProviderPb.DiffResponse {
  const response = new providerPb.DiffResponse();
  const paths = [...difference.detailed.keys()];
  const root = (path: string): string => path.split(/[.[]/)[0] ?? path;
  const replaces = paths.filter((path) => difference.detailed.get(path)?.endsWith("_REPLACE"));
  response.setChanges(paths.length > 0 ? 2 : 1);
  response.setDiffsList([...new Set(paths.map(root))]);
  response.setReplacesList([...new Set(replaces.map(root))]);
  response.setDeletebeforereplace(replaces.length > 0 && difference.deleteBeforeReplace);
  response.setHasdetaileddiff(true);
  for (const [path, kind] of difference.detailed) {
    const entry = new providerPb.PropertyDiff();
    entry.setKind(providerPb.PropertyDiff.Kind[kind]);
    entry.setInputdiff(true);
    response.getDetaileddiffMap().set(path, entry);
  }
  return response;
}
