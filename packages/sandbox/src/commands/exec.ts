/** `exec`: a command of the user's, such as `pulumi preview`, with the sandbox's providers attached. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { basename } from "node:path";
import { parseArgs } from "node:util";
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

/** Commands of the CLI that work on a stack which has to be there. */
const stackCommands = new Set(["preview", "pre", "up", "update", "refresh", "destroy"]);

/** The stack to make first: the one asked for, or the project's own that a CLI's arguments name. A misspelt one is not made. */
export function stackToMake(
  command: string[],
  asked: string | undefined,
  configured: readonly string[],
): string | undefined {
  if (asked !== undefined) return asked;
  const [program = "", subcommand = ""] = command;
  if (basename(program, ".exe") !== "pulumi" || !stackCommands.has(subcommand)) return undefined;
  const { stack } = parseArgs({
    args: command.slice(2),
    options: { stack: { type: "string", short: "s" } },
    strict: false,
  }).values;
  return configured.find((name) => name === stack);
}

async function execute(command: string[], options: ExecOptions): Promise<void> {
  const project = readProject(options.cwd, { anyLanguage: true });
  const state = stateDirectory(project, options);
  const cli = locateCli(project.root);
  const plugins = await startPlugins(state);
  const configured = configuredStacks(project);
  const stack = stackToMake(command, options.stack, configured);
  const stacks = [...new Set([...configured, ...(stack ? [stack] : [])])];
  const restore = guardConfigs(project, stacks);
  try {
    const environment = cliEnvironment({ cli, stateDirectory: state, debugProviders: plugins.debugProviders });
    if (stack) await selectStack({ cli, environment, project, stack });
    const [name = "pulumi", ...args] = command;
    const program = basename(name, ".exe") === "pulumi" ? cli : name;
    process.exitCode = await runInForeground(program, args, project.root, environment);
  } finally {
    restore();
    await plugins.stop();
  }
}

/** Runs a command that has the terminal, and gives its exit code. It decides how signals end it. */
async function runInForeground(program: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(program, args, { cwd, env, stdio: "inherit" });
  const passOn = (signal: NodeJS.Signals): void => {
    // A terminal sends Ctrl-C to the child as well.
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, passOn);
  try {
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + (signal === null ? 1 : constants.signals[signal]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new UserError(`"${program}" cannot be run: there is no such command on PATH`, { cause: error });
  } finally {
    for (const signal of signals) process.off(signal, passOn);
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
