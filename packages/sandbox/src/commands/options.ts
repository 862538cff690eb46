/** Options that the commands share, and what they mean. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { InvalidArgumentError, type Command } from "commander";
import { hasState } from "../checkpoint/store.ts";
import { UserError } from "../engine/model.ts";
import { isName, readProject, type Project } from "../project/project.ts";
import { configuredStacks } from "../project/stack-config.ts";

export interface ProjectOptions {
  cwd: string;
  stateDir?: string;
}

export interface StackOptions extends ProjectOptions {
  stack?: string;
  all?: boolean;
}

export const EngineChoice = { Auto: "auto", Cli: "cli", Embedded: "embedded" } as const;
export type EngineChoice = (typeof EngineChoice)[keyof typeof EngineChoice];

export interface RunCommandOptions extends StackOptions {
  policyPack: string[];
  policyPackConfig?: string;
  json: boolean;
  parallel: number;
  target: string[];
  engine: EngineChoice;
}

const positiveInteger = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("expected a whole number, 1 or more.");
  return value;
};

const engineChoice = (text: string): EngineChoice => {
  const found = Object.values(EngineChoice).find((choice) => choice === text);
  if (!found) throw new InvalidArgumentError(`expected one of ${Object.values(EngineChoice).join(", ")}.`);
  return found;
};

/** An option that may be given more than once. */
export const collect = (value: string, previous: string[]): string[] => [...previous, value];

/** As the CLI: enough to keep the network busy, whatever the machine. */
const defaultParallel = 4 * availableParallelism();

export function addProjectOptions(command: Command): Command {
  return command
    .option("--cwd <dir>", "folder of the project", process.cwd())
    .option("--state-dir <dir>", "folder for the sandbox's state (default: .sandbox in the project's folder)");
}

export function addStackOptions(command: Command): Command {
  return addProjectOptions(command)
    .option("-s, --stack <name>", "the stack to work on")
    .option("-a, --all", "every stack of the project");
}

export function addRunOptions(command: Command): Command {
  return addStackOptions(command)
    .option("--policy-pack <dir>", "run this policy pack over every resource; may be given more than once", collect, [])
    .option("--policy-pack-config <file>", "JSON file with settings for the packs' rules")
    .option("--json", "print the result as data", false)
    .option("-p, --parallel <n>", "resource operations at a time", positiveInteger, defaultParallel)
    .option("-t, --target <urn>", "only this resource; may be given more than once, * and ** match", collect, [])
    .option("--engine <which>", "auto, cli (a real Pulumi CLI) or embedded", engineChoice, EngineChoice.Auto);
}

export const stateDirectory = (project: Project, options: ProjectOptions): string =>
  resolve(options.stateDir ?? join(project.root, ".sandbox"));

/** Stacks that have state in the sandbox. */
function storedStacks(project: Project, state: string): string[] {
  const directory = join(state, project.name);
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => hasState(join(directory, name)))
    .sort();
}

/** The project and the stacks that a command is about. Throws with the known names when one is unknown or none is given. */
export function selectStacks(options: StackOptions): { project: Project; stacks: string[]; state: string } {
  const project = readProject(options.cwd);
  const state = stateDirectory(project, options);
  const configured = configuredStacks(project);
  const known = [...new Set([...configured, ...storedStacks(project, state)])].sort();
  const list = known.length > 0 ? known.join(", ") : "none";
  if (options.all && options.stack) throw new UserError("--stack and --all exclude each other");
  if (options.all) {
    if (known.length === 0)
      throw new UserError(
        `project ${project.name} has no stacks: add a Pulumi.<stack>.yaml to ${project.configDirectory}`,
      );
    return { project, stacks: known, state };
  }
  const only = known.length === 1 ? known[0] : undefined;
  const stack = options.stack ?? only;
  if (!stack) throw new UserError(`say which stack: --stack NAME or --all (known: ${list})`);
  if (configured.length > 0 && !known.includes(stack)) throw new UserError(`unknown stack "${stack}"; known: ${list}`);
  if (!isName(stack))
    throw new UserError(`"${stack}" is no name of a stack: expected letters, digits, hyphens, underscores and periods`);
  return { project, stacks: [stack], state };
}

/** Refuses targets that name no resource of the stacks. */
export function checkTargets(targets: string[], stacks: string[]): void {
  const wrong = targets.find(
    (target) => !target.includes("*") && !stacks.some((stack) => target.startsWith(`urn:pulumi:${stack}::`)),
  );
  if (wrong === undefined) return;
  throw new UserError(
    `--target ${wrong}: expected the URN of a resource of ${stacks.join(" or ")}, or a pattern such as '**::${wrong.split("::").at(-1)}'`,
  );
}

/** The settings of a policy configuration file, which says nothing without a pack. */
export function readPolicyConfig(path: string | undefined, packs: string[]): Record<string, unknown> {
  if (path === undefined) return {};
  if (packs.length === 0) throw new UserError(`--policy-pack-config ${path}: name the policy pack, too: --policy-pack`);
  let config: unknown;
  try {
    config = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UserError(`--policy-pack-config ${path}: ${(error as Error).message}`);
  }
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw new UserError(`--policy-pack-config ${path}: expected an object of rule names to settings`);
  return config as Record<string, unknown>;
}
