/** `preview`, `up`, `refresh` and `destroy`. */
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import type { Command } from "commander";
import { openDisplay } from "../display/display.ts";
import { startPlugins } from "../engine/plugins.ts";
import { RunKind, runStacks } from "../engine/stack-set.ts";
import { addRunOptions, readPolicyConfig, selectStacks, type RunCommandOptions } from "./options.ts";

const descriptions: Record<RunKind, string> = {
  [RunKind.Preview]: "show what up would do",
  [RunKind.Up]: "make the stacks what the program says",
  [RunKind.Refresh]: "take over what the providers say is there",
  [RunKind.Destroy]: "delete everything",
};

/** Aborts at the first signal; ends the process at the second. */
function abortOnSignals(note: (text: string) => void): AbortController {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130);
      note("stopping: what is under way ends and is recorded; once more to stop at once");
      controller.abort();
    });
  }
  return controller;
}

/** Runs one of the four operations. Returns whether all stacks succeeded. */
export async function runOperation(kind: RunKind, options: RunCommandOptions): Promise<boolean> {
  const { project, stacks, state } = selectStacks(options);
  const policyConfig = readPolicyConfig(options.policyPackConfig);
  const display = openDisplay({ json: options.json, preview: kind === RunKind.Preview, verb: kind });
  const controller = abortOnSignals((text) => display.note(text));
  const plugins = startPlugins(state);
  plugins.catch(() => undefined);
  let succeeded = true;
  try {
    await runStacks({
      kind,
      project,
      stacks,
      stateDirectory: state,
      concurrency: availableParallelism(),
      parallel: options.parallel,
      targets: options.target,
      policyPacks: options.policyPack.map((directory) => resolve(directory)),
      policyConfig,
      addresses: plugins.then(({ addresses }) => addresses),
      signal: controller.signal,
      events: (stack) => display.events(stack),
      finished: (stack, result) => {
        succeeded &&= result.succeeded;
        display.finished(stack, result.succeeded);
      },
    });
  } finally {
    display.close();
    await plugins.then(({ stop }) => stop());
  }
  return succeeded;
}

export function registerRunCommands(program: Command): void {
  for (const kind of Object.values(RunKind)) {
    addRunOptions(program.command(kind).description(descriptions[kind])).action(async (options: RunCommandOptions) => {
      if (!(await runOperation(kind, options))) process.exitCode = 1;
    });
  }
}
