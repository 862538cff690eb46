import { pluginPb, providerPb, Empty, type ProviderPb } from "../../engine/protocol.ts";
import { answerCall, answerConstruct } from "./sdk-server.ts";
import type { Build, Method } from "./sdk-server.ts";

/** A provider of remote components: what it builds by type token, and the methods of what it built. */
export interface ComponentPackage {
  name: string;
  version: string;
  components: Record<string, Build>;
  methods: Record<string, Method>;
}

type RequestHandler = (request: never, peer: string) => unknown;

/** The gRPC methods of a component provider. */
export function componentHandlers(pkg: ComponentPackage): Record<string, RequestHandler> {
  // Each engine has a connection of its own, and its log is told where the components' messages go.
  const engines = new Map<string, string>();
  const handlers: Record<string, (request: never, peer: string) => unknown> = {
    handshake: (request: ProviderPb.ProviderHandshakeRequest, peer: string) => {
      engines.set(peer, request.getEngineAddress());
      return new providerPb.ProviderHandshakeResponse()
        .setAcceptSecrets(true)
        .setAcceptResources(true)
        .setAcceptOutputs(true);
    },
    attach: (request: { getAddress(): string }, peer: string) => {
      engines.set(peer, request.getAddress());
      return new Empty();
    },
    getPluginInfo: () => new pluginPb.PluginInfo().setVersion(pkg.version),
    getSchema: () => new providerPb.GetSchemaResponse().setSchema("{}"),
    checkConfig: (request: ProviderPb.CheckRequest) => new providerPb.CheckResponse().setInputs(request.getNews()),
    diffConfig: () => new providerPb.DiffResponse().setChanges(providerPb.DiffResponse.DiffChanges.DIFF_NONE),
    configure: () =>
      new providerPb.ConfigureResponse()
        .setAcceptsecrets(true)
        .setAcceptresources(true)
        .setAcceptoutputs(true)
        .setSupportspreview(true),
    cancel: () => new Empty(),
    construct: (request: ProviderPb.ConstructRequest, peer: string) => {
      const build = pkg.components[request.getType()];
      if (build === undefined) {
        const known = Object.keys(pkg.components).join(", ");
        throw new Error(`the sandbox does not build ${request.getType()}; of package ${pkg.name} it builds ${known}`);
      }
      return answerConstruct(request, engines.get(peer) ?? "", build);
    },
    call: (request: ProviderPb.CallRequest, peer: string) => {
      const method = pkg.methods[request.getTok()];
      if (method === undefined) {
        throw new Error(`the sandbox does not know the method ${request.getTok()} of package ${pkg.name}`);
      }
      return answerCall(request, engines.get(peer) ?? "", method);
    },
  };
  return handlers;
}
