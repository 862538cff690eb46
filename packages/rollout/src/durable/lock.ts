/** One process at a time works on a project's rollouts. The lock says whose it is, so that one of a dead process can be told. */
import { mkdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { acquire, isAlive, type ProcessMark, readOwner, thisProcess } from "@mrgc/sandbox/host";
import { commandName } from "../command-name.ts";

/** Who holds the lock. */
export interface LockOwner extends ProcessMark {
  host: string;
  /** `user@host` */
  by: string;
}

/** Another process works on the rollout, or may. */
export class LockedError extends Error {
  readonly owner: LockOwner;

  constructor(message: string, owner: LockOwner) {
    super(message);
    this.owner = owner;
  }
}

export interface HeldLock {
  /** The process that held it before and ended without giving it back. */
  lost?: LockOwner;
  /** @throws LockedError when another process took the lock meanwhile, at an operator's word */
  check(): void;
  /** Gives the lock back, if it is still this process's. */
  release(): void;
}

/** Who holds the lock now; undefined when nobody does. */
export const lockOwner = (path: string): LockOwner | undefined => readOwner<LockOwner>(path);

export const describeOwner = ({ by, pid, host, started }: LockOwner): string =>
  `process ${pid} on ${host}, of ${by}, since ${started}`;

/** Whether a rollout is being worked on: by a live process here, or by one elsewhere, which cannot be asked. */
export const isHeld = (owner: LockOwner | undefined): boolean =>
  owner !== undefined && (owner.host !== hostname() || isAlive(owner));

/**
 * Takes the lock; one that a dead process of this machine left is taken over.
 *
 * @param options.breakLock take it from a process on another machine as well, at the operator's word
 * @throws LockedError when a live process holds it, or one on another machine, which cannot be asked from here
 */
export function takeRolloutLock(path: string, options: { by: string; breakLock?: boolean }): HeldLock {
  mkdirSync(dirname(path), { recursive: true });
  const mine: LockOwner = { ...thisProcess(), host: hostname(), by: options.by };
  const lost = acquire(path, mine, (owner) => {
    if (!isHeld(owner)) return;
    if (owner.host === mine.host)
      throw new LockedError(
        `a rollout is under way: ${describeOwner(owner)}. Watch it with \`${commandName} status\`, or give it a word with pause, rollback or abort`,
        owner,
      );
    if (!options.breakLock)
      throw new LockedError(
        `a rollout is under way: ${describeOwner(owner)}. Whether that process still runs cannot be told from ${mine.host}: look there, and if it is gone, call again with --break-lock`,
        owner,
      );
  });
  const isMine = (owner: LockOwner | undefined): boolean => JSON.stringify(owner) === JSON.stringify(mine);
  return {
    ...(lost ? { lost } : {}),
    check: () => {
      const owner = lockOwner(path);
      if (isMine(owner)) return;
      throw new LockedError(
        `the lock of this rollout was taken away: ${owner ? `it is ${describeOwner(owner)}, now` : "nobody has it"}. This process stops, and writes nothing more down`,
        owner ?? mine,
      );
    },
    release: () => {
      if (isMine(lockOwner(path))) rmSync(path, { force: true });
    },
  };
}
