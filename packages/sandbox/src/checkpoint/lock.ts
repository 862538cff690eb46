/** One run at a time works on a stack. A lock names its process, so that the lock of a dead one can be taken over. */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { UserError } from "../engine/model.ts";

/** A process, so that another one can tell whether it still runs. */
export interface ProcessMark {
  pid: number;
  started: string;
  /** Start of the process in clock ticks since boot, where the system tells: a process ID may be used again. */
  ticks?: string;
}

/** Field 22 of /proc/PID/stat; undefined where there is no such file system or process. */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

/** Whether the process still runs on this machine. */
export function isAlive(owner: ProcessMark): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return owner.ticks === undefined || owner.ticks === startTicks(owner.pid);
}

/** This process, as a lock names it. */
export const thisProcess = (): ProcessMark => ({
  pid: process.pid,
  started: new Date().toISOString(),
  ticks: startTicks(process.pid),
});

function readOwner(path: string): ProcessMark | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as ProcessMark;
  } catch {
    return undefined;
  }
}

/**
 * Takes the lock and returns the function that gives it back.
 * @throws UserError when another live process holds it.
 */
export function takeLock(path: string, stack: string): () => void {
  const mine = thisProcess();
  for (;;) {
    try {
      writeFileSync(path, JSON.stringify(mine), { flag: "wx" });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const owner = readOwner(path);
    if (owner && isAlive(owner)) {
      throw new UserError(
        `stack ${stack} is in use by process ${owner.pid} since ${owner.started}; wait for it to end, or end it`,
      );
    }
    // Two processes may find the same stale lock: whoever renames it away goes on to create its own, the other finds that.
    const stale = `${path}.stale-${process.pid}`;
    try {
      renameSync(path, stale);
      rmSync(stale, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}
