/** Providers that live in the engine's own process: their handlers are called as they are, with no wire between. */
import { grpc, providerGrpc, type GrpcModule, type ProviderGrpc } from "./protocol.ts";

/** Answers one method of `pulumirpc.ResourceProvider`; `peer` tells one configured instance from another. */
export type ProviderHandler = (request: never, peer: string) => unknown;

/** The methods that a provider answers; what is not there is "unimplemented". */
export type ProviderService = Readonly<Record<string, ProviderHandler>>;

/** Where a provider is: `host:port` of its gRPC server, or its service in this process. */
export type ProviderEndpoint = string | ProviderService;

type Done = (error: GrpcModule.ServiceError | null, response?: unknown) => void;

const serviceError = (code: number, details: string): GrpcModule.ServiceError =>
  Object.assign(new Error(`${code} ${grpc.status[code]}: ${details}`), {
    code,
    details,
    metadata: new grpc.Metadata(),
  });

async function answer(
  handler: ProviderHandler | undefined,
  method: string,
  request: never,
  peer: string,
  deadlineMs: number,
): Promise<unknown> {
  if (!handler) throw serviceError(grpc.status.UNIMPLEMENTED, `the provider has no method ${method}`);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(serviceError(grpc.status.DEADLINE_EXCEEDED, "Deadline exceeded")), deadlineMs);
  });
  try {
    return await Promise.race([Promise.resolve().then(() => handler(request, peer)), late]);
  } catch (error) {
    if (typeof (error as Partial<GrpcModule.ServiceError>).code === "number") throw error;
    throw serviceError(grpc.status.UNKNOWN, error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
  }
}

let instances = 0;

/** A client of a service in this process that behaves as one over gRPC does: deadlines, and errors with a status. */
export function inProcessClient(service: ProviderService): ProviderGrpc.ResourceProviderClient {
  const peer = `in-process:${(instances += 1)}`;
  const call =
    (method: string) =>
    (request: never, _metadata: unknown, options: { deadline: number }, done: Done): void => {
      answer(service[method], method, request, peer, options.deadline - Date.now()).then(
        (response) => done(null, response),
        (error: GrpcModule.ServiceError) => done(error),
      );
    };
  const methods = Object.keys(providerGrpc.ResourceProviderService).map((method) => [method, call(method)] as const);
  return { ...Object.fromEntries(methods), close: () => undefined } as unknown as ProviderGrpc.ResourceProviderClient;
}
