/** Reads `Pulumi.yaml`: the same file, with the same meaning, as the CLI. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { UserError } from "../engine/model.ts";

export interface ProjectConfigEntry {
  type?: string;
  default?: unknown;
  value?: unknown;
  secret?: boolean;
}

/** A project as its file describes it. */
export interface Project {
  /** The project's name. */
  name: string;
  /** Folder of `Pulumi.yaml`. */
  root: string;
  /** Folder that the program runs in: the root, or what `main` names. */
  programDirectory: string;
  /** What node is asked to run, relative to the program's folder: `.`, or the file that `main` names. */
  entryPoint: string;
  /** Folder of the stacks' configuration files: the root, or what `stackConfigDir` names. */
  configDirectory: string;
  /** What node gets before the program, from `runtime.options.nodeargs`. */
  nodeArguments: string[];
  /** Whether TypeScript is run, which is the default. */
  typescript: boolean;
  /** The program's TypeScript configuration, from `runtime.options.tsconfig`. */
  tsconfigPath?: string;
  /** The `config` section: values for stacks that do not say theirs. */
  config: Record<string, unknown>;
}

/** Parses a YAML file that has to be a mapping. Errors name file, line and column. */
export function readYaml(path: string): Record<string, unknown> {
  const document = parseDocument(readFileSync(path, "utf8"), { prettyErrors: true });
  const problem = document.errors[0];
  if (problem) throw new UserError(`${path}: ${problem.message}`);
  const value: unknown = document.toJS();
  if (value === null || value === undefined) return {};
  if (typeof value !== "object" || Array.isArray(value))
    throw new UserError(
      `${path}: expected a mapping of keys to values, found ${Array.isArray(value) ? "a list" : typeof value}`,
    );
  return value as Record<string, unknown>;
}

/** Whether a text may name a project or a stack, as the CLI allows it. Both name folders of the state. */
export const isName = (text: string): boolean => /^[A-Za-z0-9_.-]{1,100}$/.test(text) && !/^\.+$/.test(text);

function findProjectFile(from: string): string {
  if (!statSync(from, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`there is no folder ${resolve(from)}; name the project's folder with --cwd`);
  for (let directory = resolve(from); ; directory = dirname(directory)) {
    for (const name of ["Pulumi.yaml", "Pulumi.yml"]) {
      const path = join(directory, name);
      if (existsSync(path)) return path;
    }
    if (dirname(directory) === directory) {
      throw new UserError(
        `no Pulumi.yaml in ${resolve(from)} or above it; run in a project's folder, or name it with --cwd`,
      );
    }
  }
}

function readString(path: string, file: Record<string, unknown>, key: string, required: boolean): string {
  const value = file[key];
  if (value === undefined && !required) return "";
  if (typeof value !== "string" || value === "") {
    throw new UserError(
      `${path}: "${key}" is ${value === undefined ? "missing" : JSON.stringify(value)}; expected a text, as in \`${key}: my-${key}\``,
    );
  }
  return value;
}

/** Splits a command line as a shell does: blanks separate, quotes keep together. */
export function splitArguments(text: string): string[] {
  const parts = text.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  return parts.map((part) =>
    part.replace(
      /"([^"]*)"|'([^']*)'/g,
      (_, double: string | undefined, single: string | undefined) => double ?? single ?? "",
    ),
  );
}

function readRuntime(path: string, runtime: unknown, anyLanguage: boolean): Record<string, unknown> {
  const shape = typeof runtime === "string" ? { name: runtime } : runtime;
  if (typeof shape !== "object" || shape === null) {
    throw new UserError(
      `${path}: "runtime" is ${runtime === undefined ? "missing" : JSON.stringify(runtime)}; expected \`runtime: nodejs\``,
    );
  }
  const { name, options } = shape as { name?: unknown; options?: Record<string, unknown> };
  if (name !== "nodejs" && !anyLanguage) {
    throw new UserError(
      `${path}: runtime ${JSON.stringify(name)} needs the Pulumi CLI; the embedded engine runs nodejs programs`,
    );
  }
  return options ?? {};
}

/**
 * Finds and reads the project that `from` lies in.
 *
 * @param anyLanguage whether programs of other languages than Node's will do: a CLI runs them, the embedded engine does not.
 * @throws UserError naming the file and the setting that is wrong.
 */
export function readProject(from: string, { anyLanguage = false } = {}): Project {
  const path = findProjectFile(from);
  const root = dirname(path);
  const file = readYaml(path);
  const name = readString(path, file, "name", true);
  if (!isName(name))
    throw new UserError(
      `${path}: "name" is ${JSON.stringify(name)}; expected letters, digits, hyphens, underscores and periods`,
    );
  const options = readRuntime(path, file.runtime, anyLanguage);
  const main = readString(path, file, "main", false);
  const mainPath = resolve(root, main);
  if (!existsSync(mainPath)) throw new UserError(`${path}: "main" names ${main}, which does not exist below ${root}`);
  const isFile = /\.[cm]?[jt]s$/.test(main);
  const config = file.config ?? {};
  if (typeof config === "string")
    throw new UserError(
      `${path}: "config" is ${JSON.stringify(config)}; expected a mapping (a folder of stack files is named by "stackConfigDir")`,
    );
  return {
    name,
    root,
    programDirectory: isFile ? dirname(mainPath) : mainPath,
    entryPoint: isFile ? basename(mainPath) : ".",
    configDirectory: resolve(root, readString(path, file, "stackConfigDir", false)),
    nodeArguments: splitArguments(typeof options.nodeargs === "string" ? options.nodeargs : ""),
    typescript: options.typescript !== false,
    ...(typeof options.tsconfig === "string" ? { tsconfigPath: options.tsconfig } : {}),
    config: config as Record<string, unknown>,
  };
}
