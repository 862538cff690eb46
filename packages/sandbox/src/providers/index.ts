import type { ProviderService } from "../engine/in-process-provider.ts";
import { openSdk } from "../schema/sdk-package.ts";
import { awsModel } from "./aws/model.ts";
import { awsxConstructors } from "./awsx/index.ts";
import { constructService } from "./construct/service.ts";
import { eksConstructors } from "./eks/index.ts";
import { kubernetesModel } from "./kubernetes/model.ts";
import { resourceService, serveProvider } from "./service.ts";

/** The providers that the sandbox plays. */
export type ProviderName = "aws" | "awsx" | "eks" | "kubernetes";

/** Providers in this process. */
export interface OpenProviders {
  /** What each answers. */
  readonly services: Readonly<Record<ProviderName, ProviderService>>;
  /** Closes the cloud's files. */
  close(): void;
}

/** Providers that listen. */
export interface RunningProviders {
  /** Each provider's port on 127.0.0.1, as `PULUMI_DEBUG_PROVIDERS=aws:PORT,...` wants it. */
  readonly ports: Record<ProviderName, number>;
  /** Ends every server and closes the cloud's files. */
  stop(): Promise<void>;
}

/**
 * Opens the sandbox's providers in this process.
 *
 * @param options.cloudDir where the simulated cloud keeps its journals; stacks with the same folder share an account
 */
export function openProviders(options: { cloudDir: string }): OpenProviders {
  const aws = awsModel(options.cloudDir);
  const kubernetes = kubernetesModel(options.cloudDir);
  const versions = {
    aws: openSdk("aws").version,
    kubernetes: openSdk("kubernetes").version,
    eks: openSdk("eks").version,
  };
  return {
    services: {
      aws: resourceService(aws),
      kubernetes: resourceService(kubernetes),
      awsx: constructService("awsx", openSdk("awsx").version, awsxConstructors, versions),
      eks: constructService("eks", versions.eks, eksConstructors, versions),
    },
    close: () => {
      aws.close();
      kubernetes.close();
    },
  };
}

/**
 * Starts the sandbox's providers, each a `pulumirpc.ResourceProvider` on a port of its own of 127.0.0.1.
 *
 * @param options.cloudDir where the simulated cloud keeps its journals; stacks with the same folder share an account
 * @param options.names which providers; all four unless given
 */
export async function startProviders(options: { cloudDir: string; names?: ProviderName[] }): Promise<RunningProviders> {
  const { services, close } = openProviders(options);
  const names = options.names ?? (Object.keys(services) as ProviderName[]);
  const servers = await Promise.all(names.map(async (name) => [name, await serveProvider(services[name])] as const));
  return {
    ports: Object.fromEntries(servers.map(([name, server]) => [name, server.port])) as Record<ProviderName, number>,
    stop: async () => {
      await Promise.all(servers.map(([, server]) => server.stop()));
      close();
    },
  };
}
