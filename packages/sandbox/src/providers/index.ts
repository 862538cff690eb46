import { openSdk } from "../schema/sdk-package.ts";
import { awsModel } from "./aws/model.ts";
import { awsxConstructors } from "./awsx/index.ts";
import { constructService } from "./construct/service.ts";
import { eksConstructors } from "./eks/index.ts";
import { kubernetesModel } from "./kubernetes/model.ts";
import type { ResourceModel } from "./model.ts";
import { resourceService, serveProvider, type RunningServer } from "./service.ts";

/** The providers that the sandbox plays. */
export type ProviderName = "aws" | "awsx" | "eks" | "kubernetes";

/** Providers that listen. */
export interface RunningProviders {
  /** Each provider's port on 127.0.0.1, as `PULUMI_DEBUG_PROVIDERS=aws:PORT,...` wants it. */
  readonly ports: Record<ProviderName, number>;
  /** Ends every server and closes the cloud's files. */
  stop(): Promise<void>;
}

/**
 * Starts the sandbox's providers, each a `pulumirpc.ResourceProvider` on a port of its own of 127.0.0.1.
 *
 * @param options.cloudDir where the simulated cloud keeps its journals; stacks with the same folder share an account
 * @param options.names which providers; all four unless given
 */
export async function startProviders(options: { cloudDir: string; names?: ProviderName[] }): Promise<RunningProviders> {
  const names = options.names ?? ["aws", "awsx", "eks", "kubernetes"];
  const models: ResourceModel[] = [];
  const versions = {
    aws: openSdk("aws").version,
    kubernetes: openSdk("kubernetes").version,
    eks: openSdk("eks").version,
  };
  const resources = (model: ResourceModel): Record<string, never> => {
    models.push(model);
    return resourceService(model) as Record<string, never>;
  };
  const handlers = (name: ProviderName): Record<string, never> => {
    switch (name) {
      case "aws":
        return resources(awsModel(options.cloudDir));
      case "kubernetes":
        return resources(kubernetesModel(options.cloudDir));
      case "awsx":
        return constructService("awsx", openSdk("awsx").version, awsxConstructors, versions) as Record<string, never>;
      case "eks":
        return constructService("eks", versions.eks, eksConstructors, versions) as Record<string, never>;
    }
  };
  const servers = new Map<ProviderName, RunningServer>();
  for (const name of names) servers.set(name, await serveProvider(handlers(name)));
  return {
    ports: Object.fromEntries([...servers].map(([name, server]) => [name, server.port])) as Record<
      ProviderName,
      number
    >,
    stop: async () => {
      await Promise.all([...servers.values()].map((server) => server.stop()));
      for (const model of models) model.close();
    },
  };
}
