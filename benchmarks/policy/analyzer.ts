import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** A resource as a pack gets it. */
export interface Resource {
  type: string;
  name: string;
  urn: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  dependencies: Record<string, string[]>;
}

/* eslint-disable @typescript-eslint/no-explicit-any -- generated stubs without types */

/** A policy pack in a process of its own, spoken to as an engine does. */
export class Pack {
  readonly #child: ChildProcess;
  readonly #client: any;
  readonly #protocol: any;
  readonly #struct: any;
  readonly #empty: any;

  private constructor(child: ChildProcess, client: unknown, protocol: unknown, struct: unknown, empty: unknown) {
    this.#child = child;
    this.#client = client;
    this.#protocol = protocol;
    this.#struct = struct;
    this.#empty = empty;
  }

  /** Starts the pack of a folder with that folder's own SDK. */
  static async start(folder: string): Promise<Pack> {
    const fromFolder = createRequire(join(folder, "package.json"));
    const load = createRequire(fromFolder.resolve("@pulumi/policy/package.json"));
    const runner = fromFolder.resolve("@pulumi/pulumi/cmd/run-policy-pack");
    const child = spawn(process.execPath, [runner, "127.0.0.1:1", folder], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const port = await new Promise<string>((resolve, reject) => {
      child.stdout.once("data", (chunk: Buffer) => {
        resolve(chunk.toString().trim());
      });
      child.once("exit", () => {
        reject(new Error(`the pack in ${folder} did not start`));
      });
    });
    const grpc = load("@grpc/grpc-js") as any;
    const { AnalyzerClient } = load("@pulumi/pulumi/proto/analyzer_grpc_pb") as any;
    const options = { "grpc.max_send_message_length": -1, "grpc.max_receive_message_length": -1 };
    const client = new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), options);
    const protocol = load("@pulumi/pulumi/proto/analyzer_pb") as unknown;
    const { Struct } = load("google-protobuf/google/protobuf/struct_pb") as any;
    const { Empty } = load("google-protobuf/google/protobuf/empty_pb") as any;
    const pack = new Pack(child, client, protocol, Struct, Empty);
    await pack.configure();
    return pack;
  }

  /** Sets every policy to the level that the pack itself gives it, as an engine does when nobody configures it. */
  async configure(): Promise<void> {
    const info = await this.#call("getAnalyzerInfo", new this.#empty());
    const request = new this.#protocol.ConfigureAnalyzerRequest();
    for (const policy of info.getPoliciesList()) {
      const level =
        info.getInitialconfigMap().get(policy.getName())?.getEnforcementlevel() ?? policy.getEnforcementlevel();
      const config = new this.#protocol.PolicyConfig().setEnforcementlevel(level).setProperties(new this.#struct());
      request.getPolicyconfigMap().set(policy.getName(), config);
    }
    await this.#call("configure", request);
  }

  /** Judges one resource; the number of findings. */
  async analyze(resource: Resource): Promise<number> {
    const response = await this.#call(
      "analyze",
      this.#fill(new this.#protocol.AnalyzeRequest(), resource, resource.inputs),
    );
    return (response.getDiagnosticsList() as unknown[]).length;
  }

  /** Judges the stack; the number of findings. */
  async analyzeStack(resources: readonly Resource[]): Promise<number> {
    const list = resources.map((resource) => {
      const message = this.#fill(new this.#protocol.AnalyzerResource(), resource, resource.outputs);
      for (const [property, urns] of Object.entries(resource.dependencies)) {
        message
          .getPropertydependenciesMap()
          .set(property, new this.#protocol.AnalyzerPropertyDependencies().setUrnsList(urns));
      }
      return message as unknown;
    });
    const response = await this.#call("analyzeStack", new this.#protocol.AnalyzeStackRequest().setResourcesList(list));
    return (response.getDiagnosticsList() as unknown[]).length;
  }

  /** Processor time that it has used, milliseconds. The kernel counts in hundredths of a second. */
  cpuMs(): number {
    const fields = readFileSync(`/proc/${this.#child.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  /** Most memory that it has had, MiB. */
  peakMib(): number {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${this.#child.pid}/status`, "utf8"))?.[1]) / 1024;
  }

  stop(): void {
    this.#client.close();
    this.#child.kill();
  }

  #fill(message: any, { type, name, urn }: Resource, props: Record<string, unknown>): any {
    return message
      .setType(type)
      .setName(name)
      .setUrn(urn)
      .setProperties(this.#struct.fromJavaScript(props))
      .setOptions(new this.#protocol.AnalyzerResourceOptions());
  }

  #call(method: string, request: unknown): Promise<any> {
    return new Promise((resolve, reject) => {
      this.#client[method](request, (error: Error | null, response: unknown) => {
        if (error === null) {
          resolve(response);
        } else {
          reject(error);
        }
      });
    });
  }
}
