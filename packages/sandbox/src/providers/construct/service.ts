import { providerPb, type ProviderPb } from "../../engine/protocol.ts";
import type { ProviderService } from "../../engine/in-process-provider.ts";
import { configured, lifecycle } from "../service.ts";
import { Construction } from "./construction.ts";

/** Builds one component. */
export type Constructor = (build: Construction) => Promise<ProviderPb.ConstructResponse>;

/**
 * A provider of remote components.
 *
 * @param versions the versions of the providers of the children, as the plugin's dependencies would say them
 */
export function constructService(
  name: string,
  version: string,
  constructors: Readonly<Record<string, Constructor>>,
  versions: Readonly<Record<string, string>>,
): ProviderService {
  return {
    ...lifecycle(version),
    checkConfig: (request: ProviderPb.CheckRequest) => new providerPb.CheckResponse().setInputs(request.getNews()),
    diffConfig: () => new providerPb.DiffResponse().setChanges(1),
    configure: () => configured().setAcceptresources(true),
    construct: async (request: ProviderPb.ConstructRequest) => {
      const constructor = constructors[request.getType()];
      if (!constructor) {
        throw new Error(
          `The sandbox does not build ${request.getType()}; of ${name} it builds ${Object.keys(constructors).join(", ")}.`,
        );
      }
      const build = new Construction(request, versions);
      try {
        return await constructor(build);
      } finally {
        build.close();
      }
    },
    call: (request: ProviderPb.CallRequest) => {
      throw new Error(`The sandbox does not answer the method ${request.getTok()} of ${name}.`);
    },
    invoke: (request: ProviderPb.InvokeRequest) => {
      throw new Error(`The sandbox does not answer the function ${request.getTok()} of ${name}.`);
    },
  };
}
