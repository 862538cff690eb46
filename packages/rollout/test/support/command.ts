/** The command line in processes of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import type { Entry, RolloutEvent } from "../../src/core/model.ts";
import { readAuditLog } from "../../src/durable/audit-log.ts";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

export interface Outcome {
  code: number | null;
  output: string;
  errors: string;
}

export interface Running {
  child: ChildProcess;
  ended: Promise<Outcome>;
}

export function begin(directory: string, args: string[], env: NodeJS.ProcessEnv = process.env): Running {
  const child = spawn(process.execPath, [main, ...args, "--cwd", directory], {
    env: { ...env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const outcome: Outcome = { code: null, output: "", errors: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (outcome.output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (outcome.errors += text));
  const ended = once(child, "close").then(([code]) => ({ ...outcome, code: code as number | null }));
  return { child, ended };
}

/** Runs a command of the sandbox to its end. */
export const rollout = (directory: string, ...args: string[]): Promise<Outcome> =>
  begin(directory, [...args, "--sandbox"]).ended;

export const entriesOf = (directory: string, state = ".sandbox/rollout"): Entry[] =>
  readAuditLog(join(directory, state, "audit.jsonl"));

/** The latest rollout's events. */
export function eventsOf(directory: string, state?: string): RolloutEvent[] {
  const entries = entriesOf(directory, state);
  return entries.filter(({ rollout: id }) => id === entries.at(-1)?.rollout).map(({ event }) => event);
}

/** Waits until the latest rollout's log has an entry; ends with the process that should write it. */
export async function untilLogged(
  running: Running,
  directory: string,
  wanted: (event: RolloutEvent) => boolean,
): Promise<void> {
  let over = false;
  void running.ended.then(() => (over = true));
  while (!eventsOf(directory).some(wanted)) {
    if (over) throw new Error(`the process ended before: ${JSON.stringify(await running.ended)}`);
    await sleep(20);
  }
}

/** Ends the process as a power cut would. */
export async function killed(running: Running): Promise<void> {
  running.child.kill("SIGKILL");
  await running.ended;
}
