/** What a real CLI needs to work against the sandbox: its providers, a backend in files, and a passphrase. */
import { mkdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

export interface CliEnvironmentOptions {
  cli: string;
  stateDirectory: string;
  /** `package:port,...` of the attached providers. */
  debugProviders: string;
}

export const backendDirectory = (stateDirectory: string): string => join(stateDirectory, "backend");

/** The environment of a CLI that knows no cloud but the sandbox. */
export function cliEnvironment({ cli, stateDirectory, debugProviders }: CliEnvironmentOptions): NodeJS.ProcessEnv {
  const backend = backendDirectory(stateDirectory);
  mkdirSync(backend, { recursive: true });
  return {
    ...process.env,
    // The node that runs the sandbox also runs the program: the one on the path may be older.
    PATH: [dirname(cli), dirname(process.execPath), process.env.PATH].join(delimiter),
    PULUMI_DEBUG_PROVIDERS: debugProviders,
    PULUMI_BACKEND_URL: pathToFileURL(backend).href,
    PULUMI_CONFIG_PASSPHRASE: process.env.PULUMI_CONFIG_PASSPHRASE ?? "sandbox",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // The log of engine events is one of the CLI's debug options.
    PULUMI_DEBUG_COMMANDS: "true",
    PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(stateDirectory, "cache"),
  };
}
