/** `exec`: a command of the user's, such as `pulumi preview`, with the sandbox's providers attached. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { basename } from "node:path";
import type { Command } from "commander";
import { cliEnvironment } from "../attach/cli-environment.ts";
import { selectStack } from "../attach/cli-run.ts";
import { guardConfigs } from "../attach/config-copies.ts";
import { findCli, findDownloader } from "../attach/find-cli.ts";
import { UserError } from "../engine/model.ts";
import { startPlugins } from "../engine/plugins.ts";
import { readProject } from "../project/project.ts";
import { configuredStacks } from "../project/stack-config.ts";
import { addProjectOptions, stateDirectory, type ProjectOptions } from "./options.ts";

interface ExecOptions extends ProjectOptions {
  stack?: string;
}

/** A real CLI; where there is none, the npm package's script, which downloads one. */
function locateCli(projectRoot: string): string {
  const found = findCli() ?? findDownloader(projectRoot);
  if (found) return found;
  throw new UserError(
    "no Pulumi CLI: none on PATH, none in ~/.pulumi/versions, and no npm package `pulumi` in the project that could download one; install one (https://www.pulumi.com/docs/install), or use `sandbox preview`, which needs none",
  );
}

async function execute(command: string[], options: ExecOptions): Promise<void> {
  const project = readProject(options.cwd, { anyLanguage: true });
  const state = stateDirectory(project, options);
  const cli = locateCli(project.root);
  const plugins = await startPlugins(state);
  const stacks = [...new Set([...configuredStacks(project), ...(options.stack ? [options.stack] : [])])];
  const restore = guardConfigs(project, stacks);
  try {
    const environment = cliEnvironment({ cli, stateDirectory: state, debugProviders: plugins.debugProviders });
    if (options.stack) await selectStack({ cli, environment, project, stack: options.stack });
    const [name = "pulumi", ...args] = command;
    const program = basename(name, ".exe") === "pulumi" ? cli : name;
    const child = spawn(program, args, { cwd: project.root, env: environment, stdio: "inherit" });
    // The terminal sends its signals to the child as well: it decides how to end.
    const ignore = (): void => undefined;
    process.on("SIGINT", ignore);
    const [code, signal] = (await once(child, "exit").finally(() => process.off("SIGINT", ignore))) as [
      number | null,
      string | null,
    ];
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
  } finally {
    restore();
    await plugins.stop();
  }
}

export function registerExecCommand(program: Command): void {
  addProjectOptions(
    program.command("exec").description("run a command, such as pulumi preview, with the sandbox's providers attached"),
  )
    .option("-s, --stack <name>", "make and select this stack first")
    .argument("<command...>", "the command, after --")
    .action(execute);
}
