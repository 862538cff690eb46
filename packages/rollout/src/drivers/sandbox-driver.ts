/** The sandbox's embedded engine: the real program, simulated providers. No CLI, no account. */
import { join } from "node:path";
import {
  displayValue,
  type EngineEvents,
  type OpenPlugins,
  readProject,
  ReportBuilder,
  RunKind,
  runStacks,
  openPlugins,
  storedOutputs,
} from "@mrgc/sandbox/host";
import type { Changes } from "../core/model.ts";
import { type DriverOptions, FirstError, type StackDriver, type StackRun } from "./driver.ts";

export interface SandboxDriverOptions extends DriverOptions {
  /** Folder of the sandbox's state: checkpoints and the simulated cloud. It outlives every release. */
  stateDirectory: string;
}

export class SandboxDriver implements StackDriver {
  readonly #options: SandboxDriverOptions;
  #plugins: Promise<OpenPlugins> | undefined;

  constructor(options: SandboxDriverOptions) {
    this.#options = options;
  }

  preview(run: StackRun): Promise<Changes> {
    return this.#run(RunKind.Preview, run);
  }

  up(run: StackRun): Promise<Changes> {
    return this.#run(RunKind.Up, run);
  }

  async outputs(stack: string, directory: string): Promise<Record<string, unknown> | undefined> {
    const project = readProject(directory);
    const outputs = await storedOutputs(project, this.#options.stateDirectory, { project: project.name, stack });
    return outputs && (displayValue(outputs) as Record<string, unknown>);
  }

  async close(): Promise<void> {
    (await this.#plugins)?.close();
  }

  async #run(kind: RunKind, { stack, directory, events }: StackRun): Promise<Changes> {
    const { stateDirectory, policyPacks, parallel } = this.#options;
    this.#plugins ??= openPlugins(stateDirectory);
    const first = new FirstError();
    const report = new ReportBuilder(stack, events satisfies EngineEvents);
    let succeeded = false;
    await runStacks({
      kind,
      project: readProject(directory),
      stacks: [stack],
      stateDirectory,
      concurrency: 1,
      parallel,
      targets: [],
      policyPacks: policyPacks.map((pack) => join(directory, pack)),
      policyConfig: {},
      endpoints: this.#plugins.then(({ endpoints }) => endpoints),
      events: () => first.listen(report),
      finished: (_stack, result) => (succeeded = result.succeeded),
    });
    if (!succeeded) throw first.error(`${kind} of ${stack} failed`);
    return report.finish(true).counts;
  }
}
