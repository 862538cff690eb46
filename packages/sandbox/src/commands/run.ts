/** `preview`, `up`, `refresh` and `destroy`. */
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import type { Command } from "commander";
import { chooseEngine } from "../attach/choose-engine.ts";
import { exportStack, interruptClis } from "../attach/cli-run.ts";
import { runStacksWithCli } from "../attach/cli-stacks.ts";
import { openDisplay } from "../display/display.ts";
import { openPlugins } from "../engine/plugins.ts";
import type { RunResult } from "../engine/run-context.ts";
import { RunKind, runStacks, type StackSetOptions } from "../engine/stack-set.ts";
import { Findings, readStored, writeLedgers } from "./change-safety.ts";
import { addRunOptions, checkTargets, readPolicyConfig, selectStacks, type RunCommandOptions } from "./options.ts";

const descriptions: Record<RunKind, string> = {
  [RunKind.Preview]: "show what up would do",
  [RunKind.Up]: "make the stacks what the program says",
  [RunKind.Refresh]: "take over what the providers say is there",
  [RunKind.Destroy]: "delete everything",
};

/** A terminal signals all its processes, and npm passes the signal on: what comes again so soon is the same one. */
const sameSignalMs = 300;

/** Aborts at the first signal; stops a CLI at the second, and else ends the process. */
function abortOnSignals(note: (text: string) => void, usesCli: boolean): AbortController {
  const controller = new AbortController();
  let count = 0;
  let lastMs = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      const now = performance.now();
      if (count > 0 && now - lastMs < sameSignalMs) return;
      count += 1;
      lastMs = now;
      if (count === 1) {
        note("stopping: what is under way ends and is recorded; once more to stop at once");
        controller.abort();
      } else if (count === 2 && usesCli) interruptClis();
      else process.exit(130);
    });
  }
  return controller;
}

/** Runs one of the four operations. Returns whether all stacks succeeded. */
export async function runOperation(kind: RunKind, options: RunCommandOptions): Promise<boolean> {
  const { project, stacks, state } = selectStacks(options);
  const policyConfig = readPolicyConfig(options.policyPackConfig, options.policyPack);
  checkTargets(options.target, stacks);
  const judged = options.policyPack.length > 0 && (kind === RunKind.Preview || kind === RunKind.Up);
  const display = openDisplay({ json: options.json, preview: kind === RunKind.Preview, judged, verb: kind });
  const { cli, reason } = chooseEngine(options.engine, state, project.name, stacks);
  const controller = abortOnSignals((text) => display.note(text), cli !== undefined);
  display.note(reason);
  let succeeded = true;
  const ledgers = judged
    ? await writeLedgers({
        project,
        stacks,
        stateDirectory: state,
        readState: (stack) =>
          cli ? exportStack({ cli, project, stateDirectory: state, stack }) : readStored(state, project, stack),
      })
    : { config: {}, owning: false };
  const shared = {
    project,
    stacks,
    stateDirectory: state,
    concurrency: availableParallelism(),
    parallel: options.parallel,
    targets: options.target,
    policyPacks: options.policyPack.map((directory) => resolve(directory)),
    signal: controller.signal,
    configOverrides: ledgers.config,
  };
  const run = async (what: Pick<StackSetOptions, "kind" | "events" | "finished">): Promise<void> => {
    if (cli) {
      await runStacksWithCli({
        ...shared,
        ...what,
        cli,
        onOutput: (text) => display.note(text),
        ...(options.policyPackConfig ? { policyConfigFile: resolve(options.policyPackConfig) } : {}),
      });
    } else await runEmbedded({ ...shared, ...what, policyConfig });
  };
  const finished = (stack: string, result: RunResult): void => {
    succeeded &&= result.succeeded;
    display.finished(stack, result.succeeded);
  };
  try {
    // A policy about the whole stack speaks when everything is done: what it must prevent, it has to see in a preview.
    const previewed = kind === RunKind.Up && ledgers.owning;
    if (previewed) display.note("preview first: the policies see all of the change before any of it is made");
    const refused = previewed ? await refusals(stacks, run) : new Map<string, Findings>();
    if (refused.size === 0) await run({ kind, events: (stack) => display.events(stack), finished });
    for (const [stack, findings] of refused) {
      findings.tell(display.events(stack));
      finished(stack, { succeeded: false, outputs: {} });
    }
    if (refused.size > 0) display.note("the preview was refused: nothing was changed");
  } finally {
    display.close();
  }
  return succeeded;
}

/** Previews the stacks without showing it, and returns those that fail with what was found. */
async function refusals(
  stacks: string[],
  run: (what: Pick<StackSetOptions, "kind" | "events" | "finished">) => Promise<void>,
): Promise<Map<string, Findings>> {
  const found = new Map(stacks.map((stack) => [stack, new Findings()]));
  const finished = (stack: string, { succeeded }: RunResult): void => {
    if (succeeded) found.delete(stack);
  };
  await run({ kind: RunKind.Preview, events: (stack) => found.get(stack)!.events, finished });
  return found;
}

/** The providers load while the programs start. */
export async function runEmbedded(options: Omit<StackSetOptions, "endpoints">): Promise<void> {
  const plugins = openPlugins(options.stateDirectory);
  const endpoints = plugins.then((opened) => opened.endpoints);
  // Whoever needs a provider reports why there is none.
  endpoints.catch(() => undefined);
  try {
    await runStacks({ ...options, endpoints });
  } finally {
    await plugins.then(
      ({ close }) => close(),
      () => undefined,
    );
  }
}

export function registerRunCommands(program: Command): void {
  for (const kind of Object.values(RunKind)) {
    addRunOptions(program.command(kind).description(descriptions[kind])).action(async (options: RunCommandOptions) => {
      if (!(await runOperation(kind, options))) process.exitCode = 1;
    });
  }
}
