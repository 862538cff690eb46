/** A program without a process: registers a generated graph of resources over the real protocol, as an SDK would. */
import { channelOptions, grpc, resourceGrpc, resourcePb, unary, type ResourcePb } from "../../src/engine/protocol.ts";
import type { Child } from "../../src/engine/processes.ts";
import type { ProgramOptions } from "../../src/engine/program.ts";
import { rootStackType } from "../../src/engine/urn.ts";
import type { PropertyMap } from "../../src/engine/values.ts";
import { fromStruct, toStruct } from "../../src/engine/wire.ts";

export interface GraphNode {
  name: string;
  /** Names of nodes whose address is an input. */
  uses: string[];
  inputs: PropertyMap;
  protect?: boolean;
}

interface Registered {
  urn: string;
  outputs: PropertyMap;
}

/** Registers every node as soon as what it uses is there. */
export async function registerGraph(
  address: string,
  options: Pick<ProgramOptions, "stack" | "project">,
  nodes: GraphNode[],
): Promise<void> {
  const client = new resourceGrpc.ResourceMonitorClient(address, grpc.credentials.createInsecure(), channelOptions);
  const register = async (request: ResourcePb.RegisterResourceRequest): Promise<Registered> => {
    request.setAcceptsecrets(true).setAcceptresources(true).setSupportspartialvalues(true);
    const response = await unary<ResourcePb.RegisterResourceResponse>((done) => client.registerResource(request, done));
    return { urn: response.getUrn(), outputs: fromStruct(response.getObject()) };
  };
  try {
    const root = await register(
      new resourcePb.RegisterResourceRequest()
        .setType(rootStackType)
        .setName(`${options.project.name}-${options.stack}`),
    );
    const registered = new Map<string, Promise<Registered>>();
    for (const node of nodes) {
      const registration = Promise.all(node.uses.map((name) => registered.get(name)!)).then((used) => {
        const inputs: PropertyMap = { ...node.inputs };
        const request = new resourcePb.RegisterResourceRequest()
          .setType("test:index:Thing")
          .setName(node.name)
          .setCustom(true)
          .setParent(root.urn)
          .setVersion("1.2.3")
          .setDependenciesList(used.map(({ urn }) => urn));
        if (node.protect !== undefined) request.setProtect(node.protect);
        used.forEach(({ urn, outputs }, index) => {
          inputs[`from${index}`] = outputs.address ?? null;
          request
            .getPropertydependenciesMap()
            .set(`from${index}`, new resourcePb.RegisterResourceRequest.PropertyDependencies().setUrnsList([urn]));
        });
        return register(request.setObject(toStruct(inputs)));
      });
      // One that fails after the first failure has nobody left to tell.
      registration.catch(() => undefined);
      registered.set(node.name, registration);
    }
    await Promise.all(registered.values());
  } finally {
    client.close();
  }
}

/** In place of the program's process. */
export const graphProgram =
  (nodes: GraphNode[]) =>
  (options: ProgramOptions): Child => ({
    pid: undefined,
    exited: registerGraph(options.address, options, nodes).then(
      () => ({ code: 0, signal: null }),
      () => ({ code: 32, signal: null }),
    ),
    stop: () => Promise.resolve(),
  });
