/** Runs a set of stacks with a real CLI. It cannot wait for another stack's outputs, so that the order comes from the config files. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Slots } from "../engine/step-executor.ts";
import { RunKind, type StackSetOptions } from "../engine/stack-set.ts";
import { startPlugins } from "../engine/plugins.ts";
import type { Project } from "../project/project.ts";
import { cliEnvironment } from "./cli-environment.ts";
import { EventTranslator, runWithCli, selectStack } from "./cli-run.ts";

/** Groups of stacks: those whose config names fewer of the others come first, in the order that readers of outputs need. */
export function stackWaves(project: Project, stacks: string[]): string[][] {
  const mentions = (stack: string): number => {
    const path = join(project.configDirectory, `Pulumi.${stack}.yaml`);
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    return stacks.filter((other) => other !== stack && text.includes(other)).length;
  };
  const waves = new Map<number, string[]>();
  for (const stack of stacks) {
    const count = mentions(stack);
    waves.set(count, [...(waves.get(count) ?? []), stack]);
  }
  return [...waves].sort(([left], [right]) => left - right).map(([, wave]) => wave);
}

export interface CliStacksOptions extends Omit<StackSetOptions, "policyConfig" | "endpoints" | "deadlineSeconds"> {
  cli: string;
  policyConfigFile?: string;
  onOutput(text: string): void;
}

export async function runStacksWithCli(options: CliStacksOptions): Promise<void> {
  const { kind, project, stacks, stateDirectory } = options;
  const plugins = await startPlugins(stateDirectory);
  const environment = cliEnvironment({ cli: options.cli, stateDirectory, debugProviders: plugins.debugProviders });
  const waves = stackWaves(project, stacks);
  if (kind === RunKind.Destroy) waves.reverse();
  try {
    // One after the other: the CLI keeps the selected stack in a file of the workspace.
    for (const stack of stacks) await selectStack({ ...options, environment, stack });
    for (const wave of waves) {
      const slots = new Slots(options.concurrency);
      const runOne = async (stack: string): Promise<void> => {
        await slots.take();
        try {
          const events = options.events(stack);
          const result = await runWithCli({
            ...options,
            environment,
            stack,
            ...(options.configOverrides ? { config: options.configOverrides } : {}),
            ...(options.policyConfigFile ? { policyConfig: options.policyConfigFile } : {}),
            translator: new EventTranslator(events),
          });
          events.stackOutputs(result.outputs);
          options.finished(stack, result);
        } finally {
          slots.give();
        }
      };
      await Promise.all(wave.map(runOne));
    }
  } finally {
    await plugins.stop();
  }
}
