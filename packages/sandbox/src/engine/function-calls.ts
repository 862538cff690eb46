/** Functions and methods of packages that a program calls. */
import type { ProviderClient } from "./provider-client.ts";
import { noMetadata, providerPb, resourcePb, type ProviderPb, type ResourcePb } from "./protocol.ts";
import type { MonitorRun, ResourceMonitor } from "./resource-monitor.ts";
import { describeError } from "./rpc-error.ts";
import { packageOf } from "./urn.ts";
import { downgradeOutputs, outputDependencies, type PropertyMap } from "./values.ts";
import { fromStruct, marshalStruct } from "./wire.ts";

/** A method may create what it returns. */
const callDeadlineSeconds = 1800;

export class FunctionCalls {
  #run: MonitorRun;
  #monitor: ResourceMonitor;

  constructor(run: MonitorRun, monitor: ResourceMonitor) {
    this.#run = run;
    this.#monitor = monitor;
  }

  async invoke(request: ResourcePb.ResourceInvokeRequest): Promise<ResourcePb.ResourceInvokeResponse> {
    const token = request.getTok();
    const initial = new resourcePb.TransformInvokeOptions()
      .setProvider(this.#monitor.explicitProvider(request.getProvider(), request.getParent(), packageOf(token)))
      .setVersion(request.getVersion())
      .setPluginDownloadUrl(request.getPlugindownloadurl());
    const { args, options } = await this.#monitor.transforms.applyToInvoke(
      token,
      downgradeOutputs(fromStruct(request.getArgs())),
      initial,
    );
    const provider = await this.#functionProvider(
      options.getProvider(),
      packageOf(token),
      options.getVersion(),
      options.getPluginDownloadUrl(),
    );
    const { result, failures } = await provider
      .invoke(token, args, this.#run.deployment.preview)
      .catch((error: unknown) => {
        throw new Error(`invocation of ${token} returned an error: ${describeError(error)}`, { cause: error });
      });
    const resources = request.getAcceptresources() || token === "pulumi:pulumi:getResource";
    return new resourcePb.ResourceInvokeResponse()
      .setReturn(marshalStruct(result, { unknowns: true, secrets: true, resources }))
      .setFailuresList(
        failures.map(({ property, reason }) => new providerPb.CheckFailure().setProperty(property).setReason(reason)),
      );
  }

  async #functionProvider(explicit: string, packageName: string, version: string, pluginDownloadUrl: string) {
    const { deployment, defaultProviders } = this.#run;
    const reference = explicit || (await defaultProviders.reference({ packageName, version, pluginDownloadUrl }));
    await deployment.ensureProvider(reference).catch(() => undefined);
    const provider = deployment.registry.get(reference);
    if (!provider) throw new Error(`unknown provider '${reference}'`);
    return provider;
  }

  async call(request: ResourcePb.ResourceCallRequest): Promise<ProviderPb.CallResponse> {
    const token = request.getTok();
    const args = fromStruct(request.getArgs());
    const self = args.__self__ as PropertyMap | undefined;
    const explicit = request.getProvider() || (typeof self?.urn === "string" ? this.#monitor.providerOf(self.urn) : "");
    const plugin = (await this.#functionProvider(
      explicit,
      packageOf(token),
      request.getVersion(),
      request.getPlugindownloadurl(),
    )) as Partial<ProviderClient>;
    if (!plugin.raw || !plugin.call) throw new Error(`the package of ${token} has no methods`);
    const { info } = this.#run;
    const message = new providerPb.CallRequest()
      .setTok(token)
      .setArgs(
        marshalStruct(args, { ...plugin.marshalOptions, unknowns: true, outputs: plugin.acceptsOutputs ?? false }),
      )
      .setProject(info.project)
      .setStack(info.stack)
      .setOrganization(info.organization)
      .setConfigsecretkeysList(info.secretKeys)
      .setDryrun(info.preview)
      .setParallel(info.parallel)
      .setMonitorendpoint(info.monitorAddress)
      .setAcceptsOutputValues(true);
    for (const [key, value] of Object.entries(info.config)) message.getConfigMap().set(key, value);
    request
      .getArgdependenciesMap()
      .forEach((list: ResourcePb.ResourceCallRequest.ArgumentDependencies, key: string) => {
        message
          .getArgdependenciesMap()
          .set(key, new providerPb.CallRequest.ArgumentDependencies().setUrnsList(list.getUrnsList()));
      });
    const raw = plugin.raw;
    const response = await plugin.call<ProviderPb.CallResponse>(token, callDeadlineSeconds, (options, done) =>
      raw.call(message, noMetadata(), options, done),
    );
    const result = fromStruct(response.getReturn());
    const answer = new providerPb.CallResponse()
      .setReturn(marshalStruct(result, { unknowns: true, secrets: true, resources: true }))
      .setFailuresList(response.getFailuresList());
    for (const [key, value] of Object.entries(result)) {
      const declared = response.getReturndependenciesMap().get(key) as
        ProviderPb.CallResponse.ReturnDependencies | undefined;
      const urns = outputDependencies(value, new Set(declared?.getUrnsList() ?? []));
      answer
        .getReturndependenciesMap()
        .set(key, new providerPb.CallResponse.ReturnDependencies().setUrnsList([...urns]));
    }
    return answer;
  }
}
