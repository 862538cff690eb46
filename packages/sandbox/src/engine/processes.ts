/** Child processes of a run. Each leads its own group, so that nothing it started is left when the run ends. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { getCompileCacheDir } from "node:module";
import { join } from "node:path";

const running = new Set<ChildProcess>();

/** Signals a process and all that it started. */
export function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

process.on("exit", () => {
  for (const child of running) killGroup(child, "SIGKILL");
});

export interface ChildOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  onStdout(text: string): void;
  onStderr(text: string): void;
}

/** How a process ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Child {
  pid: number | undefined;
  exited: Promise<Exit>;
  /** Ends the group: first by asking, then by force. */
  stop(): Promise<void>;
}

const graceMs = 2000;

/** Ends a child when the channel to this process breaks, so that killing this process leaves nothing running either. */
const followParent = `data:text/javascript,${encodeURIComponent('process.on("disconnect", () => process.exit(1)); process.channel?.unref();')}`;

/** Starts node with arguments. */
export function startNode(args: string[], options: ChildOptions): Child {
  const child = spawn(process.execPath, ["--import", followParent, ...args], {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  running.add(child);
  child.stdout!.setEncoding("utf8").on("data", options.onStdout);
  child.stderr!.setEncoding("utf8").on("data", options.onStderr);
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  }).finally(() => {
    // What the process itself left behind goes with it.
    killGroup(child, "SIGKILL");
    running.delete(child);
  });
  exited.catch(() => undefined);
  return {
    pid: child.pid,
    exited,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      killGroup(child, "SIGTERM");
      const timer = setTimeout(() => killGroup(child, "SIGKILL"), graceMs);
      await once(child, "close").catch(() => undefined);
      clearTimeout(timer);
    },
  };
}

/** Arguments of Node that take out of the SDK what no run of this engine needs. */
export const leanSdk: readonly string[] = ["--require", join(import.meta.dirname, "lean-sdk.cjs")];

/** Variables that make child processes start faster: Node keeps compiled modules in a folder. */
export const fastStart = (cacheDirectory: string): NodeJS.ProcessEnv => ({
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? getCompileCacheDir() ?? cacheDirectory,
});
