/** Locks that name their process, so that the lock of a dead one can be taken over. One run at a time works on a stack. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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

/** Whom a lock names; undefined when there is none, or none that can be read. */
export function readOwner<Owner extends ProcessMark>(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Owner;
  } catch {
    return undefined;
  }
}

/**
 * Makes the lock file; one that is there already is taken over unless `contest` throws at its owner.
 *
 * @returns the owner that it was taken from, if any
 */
export function acquire<Owner extends ProcessMark>(
  path: string,
  mine: Owner,
  contest: (owner: Owner) => void,
): Owner | undefined {
  let lost: Owner | undefined;
  while (!create(path, JSON.stringify(mine))) {
    lost = readOwner<Owner>(path);
    if (lost) contest(lost);
    removeStale(path, lost);
  }
  return lost;
}

/**
 * Takes the lock and returns the function that gives it back.
 * @throws UserError when another live process holds it.
 */
export function takeLock(path: string, stack: string): () => void {
  acquire(path, thisProcess(), (owner) => {
    if (!isAlive(owner)) return;
    throw new UserError(
      `stack ${stack} is in use by process ${owner.pid} since ${owner.started}; wait for it to end, or end it`,
    );
  });
  return () => rmSync(path, { force: true });
}

/** Makes the file with its whole content at once; false when it is there already. */
function create(path: string, text: string): boolean {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Takes a stale lock away. Another process may have done so and hold its own by now: that one is put back. */
function removeStale(path: string, owner: ProcessMark | undefined): void {
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const moved = readFileSync(aside, "utf8");
  if (owner && JSON.stringify(owner) !== moved) create(path, moved);
  rmSync(aside, { force: true });
}
