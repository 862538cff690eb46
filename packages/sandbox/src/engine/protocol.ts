/**
 * The SDK's own protocol stubs. Messages only travel between copies of google-protobuf and grpc-js that are the same
 * module instance, so both are resolved from `@pulumi/pulumi`, never from this package.
 */
import type * as GrpcModule from "@grpc/grpc-js";
import type * as EmptyModule from "google-protobuf/google/protobuf/empty_pb.js";
import type * as StructModule from "google-protobuf/google/protobuf/struct_pb.js";
import { createRequire } from "node:module";
import type * as AliasPb from "@pulumi/pulumi/proto/alias_pb.js";
import type * as AnalyzerGrpc from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import type * as AnalyzerPb from "@pulumi/pulumi/proto/analyzer_pb.js";
import type * as CallbackGrpc from "@pulumi/pulumi/proto/callback_grpc_pb.js";
import type * as CallbackPb from "@pulumi/pulumi/proto/callback_pb.js";
import type * as EngineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type * as EnginePb from "@pulumi/pulumi/proto/engine_pb.js";
import type * as ErrorsPb from "@pulumi/pulumi/proto/errors_pb.js";
import type * as PluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import type * as ProviderGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type * as ProviderPb from "@pulumi/pulumi/proto/provider_pb.js";
import type * as ResourceGrpc from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import type * as ResourcePb from "@pulumi/pulumi/proto/resource_pb.js";
import type * as StatusPb from "@pulumi/pulumi/proto/status_pb.js";

const here = createRequire(import.meta.url);
const sdk = createRequire(here.resolve("@pulumi/pulumi/package.json"));

const fromSdk = <T>(name: string): T => sdk(name) as T;
const stub = <T>(name: string): T => here(`@pulumi/pulumi/proto/${name}.js`) as T;

export const grpc = fromSdk<typeof GrpcModule>("@grpc/grpc-js");
export const { Struct, Value, ListValue, NullValue } = fromSdk<typeof StructModule>(
  "google-protobuf/google/protobuf/struct_pb.js",
);
export const { Empty } = fromSdk<typeof EmptyModule>("google-protobuf/google/protobuf/empty_pb.js");

export const aliasPb = stub<typeof AliasPb>("alias_pb");
export const analyzerGrpc = stub<typeof AnalyzerGrpc>("analyzer_grpc_pb");
export const analyzerPb = stub<typeof AnalyzerPb>("analyzer_pb");
export const callbackGrpc = stub<typeof CallbackGrpc>("callback_grpc_pb");
export const callbackPb = stub<typeof CallbackPb>("callback_pb");
export const engineGrpc = stub<typeof EngineGrpc>("engine_grpc_pb");
export const enginePb = stub<typeof EnginePb>("engine_pb");
export const errorsPb = stub<typeof ErrorsPb>("errors_pb");
export const pluginPb = stub<typeof PluginPb>("plugin_pb");
export const providerGrpc = stub<typeof ProviderGrpc>("provider_grpc_pb");
export const providerPb = stub<typeof ProviderPb>("provider_pb");
export const resourceGrpc = stub<typeof ResourceGrpc>("resource_grpc_pb");
export const resourcePb = stub<typeof ResourcePb>("resource_pb");
export const statusPb = stub<typeof StatusPb>("status_pb");

export type {
  AliasPb,
  AnalyzerPb,
  CallbackPb,
  EnginePb,
  GrpcModule,
  ProviderGrpc,
  ProviderPb,
  ResourcePb,
  StructModule,
};

/** The version of `@pulumi/pulumi` that the stubs come from. */
export const sdkVersion = (here("@pulumi/pulumi/package.json") as { version: string }).version;

/** Message sizes as the CLI allows them: 400 MiB. */
export const channelOptions = {
  "grpc.max_receive_message_length": 400 << 20,
  "grpc.max_send_message_length": 400 << 20,
};

export const noMetadata = (): GrpcModule.Metadata => new grpc.Metadata();

/** Makes a promise of a unary gRPC call. */
export function unary<Response>(
  call: (done: (error: GrpcModule.ServiceError | null, response: Response) => void) => unknown,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    call((error, response) => (error ? reject(error) : resolve(response)));
  });
}

/** Starts a server on a free port of this machine. */
export async function serve(server: GrpcModule.Server): Promise<string> {
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return `127.0.0.1:${port}`;
}
