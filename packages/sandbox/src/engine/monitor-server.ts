/** The gRPC side of the engine: pulumirpc.ResourceMonitor and pulumirpc.Engine on one port. */
import type { Deployment } from "./deployment.ts";
import type { RunInfo } from "./construct.ts";
import { Bail } from "./model.ts";
import {
  channelOptions,
  Empty,
  engineGrpc,
  enginePb,
  grpc,
  resourceGrpc,
  resourcePb,
  serve,
  type CallbackPb,
  type EnginePb,
  type GrpcModule,
  type ResourcePb,
} from "./protocol.ts";
import type { FunctionCalls } from "./function-calls.ts";
import type { ResourceHooks } from "./hooks.ts";
import type { ResourceMonitor } from "./resource-monitor.ts";
import { describeError, isServiceError, withoutStack } from "./rpc-error.ts";

/** What the engine can do, by the name older SDKs ask with and the number that newer ones get. */
const features: Record<string, number> = {
  secrets: 0,
  resourceReferences: 1,
  outputValues: 2,
  aliasSpecs: 3,
  replacementTrigger: 4,
  deletedWith: 5,
  replaceWith: 6,
  transforms: 7,
  invokeTransforms: 8,
  resourceHooks: 10,
  errorHooks: 11,
};

const severities = ["debug", "info", "warning", "error"] as const;

type Handler<Request, Response> = (request: Request) => Promise<Response> | Response;

/** Makes a gRPC handler of a function. After the run was cancelled every answer is "unavailable", as the CLI gives it. */
function handle<Request, Response>(
  deployment: () => Deployment,
  handler: Handler<Request, Response>,
): GrpcModule.handleUnaryCall<Request, Response> {
  return (call, done) => {
    const refuse = (error: unknown): void => {
      const shutDown = error instanceof Bail || deployment().cancelled;
      if (!shutDown && isServiceError(error))
        done({ code: error.code, details: error.details, metadata: error.metadata });
      else
        done({
          code: shutDown ? grpc.status.UNAVAILABLE : grpc.status.UNKNOWN,
          details: shutDown ? "resource monitor shut down" : describeError(error),
        });
    };
    Promise.resolve()
      .then(() => handler(call.request))
      .then((response) => done(null, response), refuse);
  };
}

export interface MonitorServerParts {
  deployment(): Deployment;
  monitor(): ResourceMonitor;
  functions(): FunctionCalls;
  hooks(): ResourceHooks;
  info(): RunInfo;
  /** Keeps a program's error with its stack. */
  logError(message: string): void;
  /** Called when the program waits for its deletions; resolves when the run is over. */
  shutdown(): Promise<void>;
}

export interface MonitorServer {
  address: string;
  stop(): void;
}

/** Starts both services. The parts may come after the server: processes need its address before the run begins. */
export async function startMonitorServer(parts: MonitorServerParts): Promise<MonitorServer> {
  const server = new grpc.Server(channelOptions);
  const on = <Request, Response>(handler: Handler<Request, Response>) => handle(() => parts.deployment(), handler);
  const empty = <Request>(handler: (request: Request) => Promise<unknown> | unknown) =>
    on<Request, InstanceType<typeof Empty>>(async (request) => {
      await handler(request);
      return new Empty();
    });
  let rootUrn = "";
  server.addService(
    resourceGrpc.ResourceMonitorService as unknown as GrpcModule.ServiceDefinition,
    {
      supportsFeature: on((request: ResourcePb.SupportsFeatureRequest) =>
        new resourcePb.SupportsFeatureResponse().setHassupport(request.getId() in features),
      ),
      getDeploymentInfo: on(() => {
        const { project, stack, organization, config, secretKeys, preview, parallel } = parts.info();
        const response = new resourcePb.DeploymentInfo()
          .setProject(project)
          .setStack(stack)
          .setOrganization(organization)
          .setConfigsecretkeysList(secretKeys)
          .setDryrun(preview)
          .setParallel(parallel)
          .setSupportedfeaturesList(Object.values(features) as never[]);
        for (const [key, value] of Object.entries(config)) response.getConfigMap().set(key, value);
        return response;
      }),
      registerResource: on((request: ResourcePb.RegisterResourceRequest) => parts.monitor().registerResource(request)),
      readResource: on((request: ResourcePb.ReadResourceRequest) => parts.monitor().readResource(request)),
      registerResourceOutputs: empty((request: ResourcePb.RegisterResourceOutputsRequest) =>
        parts.monitor().registerOutputs(request),
      ),
      invoke: on((request: ResourcePb.ResourceInvokeRequest) => parts.functions().invoke(request)),
      call: on((request: ResourcePb.ResourceCallRequest) => parts.functions().call(request)),
      registerStackTransform: empty((request: CallbackPb.Callback) =>
        parts.monitor().transforms.addStackTransform(request),
      ),
      registerStackInvokeTransform: empty((request: CallbackPb.Callback) =>
        parts.monitor().transforms.addInvokeTransform(request),
      ),
      registerResourceHook: empty((request: ResourcePb.RegisterResourceHookRequest) =>
        parts.hooks().register(request.getName(), request.getCallback()!, request.getOnDryRun()),
      ),
      registerErrorHook: empty((request: ResourcePb.RegisterErrorHookRequest) =>
        parts.hooks().register(request.getName(), request.getCallback()!, false),
      ),
      registerPackage: on(() => {
        throw new Error("parameterized packages need the Pulumi CLI: the embedded engine does not install plugins");
      }),
      signalAndWaitForShutdown: empty(() => parts.shutdown()),
    } as GrpcModule.UntypedServiceImplementation,
  );
  server.addService(
    engineGrpc.EngineService as unknown as GrpcModule.ServiceDefinition,
    {
      log: empty((request: EnginePb.LogRequest) => {
        const severity = severities[request.getSeverity()] ?? "info";
        const deployment = parts.deployment();
        if (severity === "error") {
          parts.logError(request.getMessage());
          deployment.error(withoutStack(request.getMessage()), request.getUrn());
        } else
          deployment.events.diagnostic({
            severity,
            message: request.getMessage(),
            urn: request.getUrn(),
            ephemeral: request.getEphemeral(),
          });
      }),
      getRootResource: on(() => new enginePb.GetRootResourceResponse().setUrn(rootUrn)),
      setRootResource: on((request: EnginePb.SetRootResourceRequest) => {
        rootUrn = request.getUrn();
        return new enginePb.SetRootResourceResponse();
      }),
      startDebugging: empty(() => undefined),
      requirePulumiVersion: on(() => new enginePb.RequirePulumiVersionResponse()),
    } as GrpcModule.UntypedServiceImplementation,
  );
  const address = await serve(server);
  return { address, stop: () => server.forceShutdown() };
}
