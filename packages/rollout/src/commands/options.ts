/** Options that the commands share, and what they mean. */
import { existsSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { findCli, type Project, readProject } from "@mrgc/sandbox/host";
import { type Command, InvalidArgumentError, Option } from "commander";
import { DriverName } from "../core/model.ts";

/** A mistake in the call. The message says what is allowed. */
export class UsageError extends Error {}

export interface CommonOptions {
  cwd: string;
  stateDir?: string;
  sandbox: boolean;
  json: boolean;
  by: string;
}

export interface WorkOptions extends CommonOptions {
  prepare?: string;
  parallel: number;
  breakLock: boolean;
  why: string;
}

export const wholeNumber = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("expected a whole number, 1 or more.");
  return value;
};

export const seconds = (text: string): number => {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError("expected seconds, 0 or more.");
  return value;
};

/** An option that may be given more than once. */
export const collect = (value: string, previous: string[] = []): string[] => [...previous, value];

function userName(): string {
  try {
    return process.env.GITHUB_ACTOR ?? userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}

export function addCommonOptions(command: Command): Command {
  return command
    .option("--cwd <dir>", "folder of the project", process.cwd())
    .option(
      "--state-dir <dir>",
      "folder of log, lock and releases (default: .rollout in the project, .sandbox/rollout with --sandbox)",
    )
    .option("--sandbox", "work on the sandbox's simulated stacks; the default where there is no Pulumi CLI", false)
    .option("--json", "print the result as data; the story goes to standard error", false)
    .option("--by <name>", "who does it, for the log", `${userName()}@${hostname()}`);
}

export function addWorkOptions(command: Command): Command {
  return addCommonOptions(command)
    .option("--why <text>", "why, for the log", "")
    .addOption(
      new Option(
        "--prepare <command>",
        "installs a release's dependencies in its folder (default: as its lock file says)",
      ).env("ROLLOUT_PREPARE"),
    )
    .option("-p, --parallel <n>", "resource operations at a time, of each stack", wholeNumber, 16)
    .option("--break-lock", "take the lock from a process on another machine that is gone", false);
}

/** Where a command works, and with what. */
export interface Place {
  project: Project;
  driver: DriverName;
  /** Path of the Pulumi CLI; undefined in the sandbox. */
  cli?: string;
  /** Why this driver, in a sentence. */
  reason: string;
  /** Folder of log, lock and releases. */
  directory: string;
  /** Folder of the sandbox's checkpoints and its cloud. */
  sandboxState: string;
}

export function choosePlace({ cwd, stateDir, sandbox }: CommonOptions): Place {
  const project = readProject(cwd);
  const cli = sandbox ? undefined : findCli();
  const sandboxState = join(project.root, ".sandbox");
  const fallback = cli === undefined ? join(sandboxState, "rollout") : join(project.root, ".rollout");
  const directory = resolve(stateDir ?? fallback);
  const shared = { project, directory, sandboxState };
  if (cli !== undefined)
    return {
      ...shared,
      cli,
      driver: DriverName.Automation,
      reason: `Pulumi CLI ${cli}: REAL stacks of the backend that it is logged in to`,
    };
  return {
    ...shared,
    driver: DriverName.Sandbox,
    reason: `sandbox: simulated stacks, ${sandbox ? "as asked for" : "because there is no Pulumi CLI on PATH or in ~/.pulumi"}`,
  };
}

/** The pack that lies in a project of ours. */
export const defaultPolicyPacks = (project: Project): string[] =>
  existsSync(join(project.root, "policy-pack", "PulumiPolicy.yaml")) ? ["policy-pack"] : [];
