/** The program, in a process of its own, started as the CLI's language host does. */
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Project } from "../project/project.ts";
import type { StackConfig } from "../project/stack-config.ts";
import { organization } from "./deployment.ts";
import { UserError } from "./model.ts";
import { fastStart, leanSdk, startNode, type Child } from "./processes.ts";

export interface ProgramOptions {
  project: Project;
  stack: string;
  config: StackConfig;
  preview: boolean;
  parallel: number;
  address: string;
  cacheDirectory: string;
  onStdout(text: string): void;
  onStderr(text: string): void;
}

/** Exit code of a program whose error the user has already seen. */
export const alreadyReported = 32;

function locateRunner(project: Project): string {
  try {
    return createRequire(join(project.programDirectory, "package.json")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    throw new UserError(
      `the program in ${project.programDirectory} has no @pulumi/pulumi: install its dependencies (npm install)`,
    );
  }
}

/** Config keys in the form that all SDK versions read. */
const runtimeKey = (key: string): string => key.replace(":", ":config:");

export function startProgram(options: ProgramOptions): Child {
  const { project, stack, config, preview, parallel, address } = options;
  const args = [
    ...leanSdk,
    ...project.nodeArguments,
    locateRunner(project),
    "--monitor",
    address,
    "--engine",
    address,
    "--organization",
    organization,
    "--project",
    project.name,
    "--root-directory",
    project.root,
    "--stack",
    stack,
    "--pwd",
    project.programDirectory,
    ...(preview ? ["--dry-run"] : []),
    "--parallel",
    String(parallel),
    project.entryPoint,
  ];
  return startNode(args, {
    cwd: project.programDirectory,
    env: {
      ...process.env,
      ...fastStart(options.cacheDirectory),
      PULUMI_CONFIG: JSON.stringify(
        Object.fromEntries(Object.entries(config.values).map(([key, value]) => [runtimeKey(key), value])),
      ),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(config.secretKeys),
      ...(project.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
      ...(project.tsconfigPath ? { PULUMI_NODEJS_TSCONFIG_PATH: project.tsconfigPath } : {}),
    },
    onStdout: options.onStdout,
    onStderr: options.onStderr,
  });
}
