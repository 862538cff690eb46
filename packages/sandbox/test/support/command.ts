/** The command line in a process of its own. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** How a command ended, and what it printed. */
export interface Outcome {
  code: number | null;
  output: string;
  errors: string;
}

/** Starts `sandbox <args>` on the project in a folder, as the leader of a group as a terminal's job is. */
export function startSandbox(
  directory: string,
  args: string[],
  environment: NodeJS.ProcessEnv = {},
): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [main, ...args, "--cwd", directory], {
    detached: true,
    env: { ...process.env, PULUMI_CONFIG_PASSPHRASE: "", NO_COLOR: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Waits for the end of a command. */
export async function outcomeOf(child: ReturnType<typeof startSandbox>): Promise<Outcome> {
  const outcome: Outcome = { code: null, output: "", errors: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (outcome.output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (outcome.errors += text));
  [outcome.code] = (await once(child, "close")) as [number | null];
  return outcome;
}

/** A line of a stack trace. */
export const stackTrace = /^\s+at .*:\d+:\d+/m;

/** Command lines of the processes that name a folder. */
export async function processesOf(directory: string): Promise<string[]> {
  const list = spawn("ps", ["-eo", "args"], { stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  list.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
  await once(list, "close");
  return text.split("\n").filter((line) => line.includes(directory));
}
