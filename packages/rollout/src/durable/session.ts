import { join } from "node:path";
import { latestState } from "../core/history.ts";
import { evolve, stacksInFlight } from "../core/machine.ts";
import type { Entry, RolloutEvent, RolloutState } from "../core/model.ts";
import { AuditLog } from "./audit-log.ts";
import { describeOwner, type HeldLock, takeRolloutLock } from "./lock.ts";

/** Where a project's rollouts are kept. */
export const places = (directory: string) => ({
  log: join(directory, "audit.jsonl"),
  lock: join(directory, "lock"),
  requests: join(directory, "requests"),
  releases: join(directory, "releases"),
});

/** The right to write: lock and log in one hand. Nothing else changes a rollout's state. */
export class Session {
  readonly #lock: HeldLock;
  readonly #log: AuditLog;
  readonly #by: string;
  #state: RolloutState | undefined;
  #listeners: ((entry: Entry, state: RolloutState) => void)[] = [];

  /** @throws LockedError when another process works on a rollout */
  constructor(directory: string, options: { by: string; breakLock?: boolean }) {
    const { lock, log } = places(directory);
    this.#by = options.by;
    this.#lock = takeRolloutLock(lock, options);
    try {
      this.#log = new AuditLog(log);
      this.#state = latestState(this.#log.entries);
    } catch (error) {
      this.#lock.release();
      throw error;
    }
  }

  get entries(): readonly Entry[] {
    return this.#log.entries;
  }

  /** The latest rollout; undefined before the first. */
  get state(): RolloutState | undefined {
    return this.#state;
  }

  onEntry(listener: (entry: Entry, state: RolloutState) => void): void {
    this.#listeners.push(listener);
  }

  /** Writes down that a new rollout begins. */
  begin(rollout: string, event: RolloutEvent & { type: "started" }): RolloutState {
    if (this.#state !== undefined && this.#state.outcome === undefined)
      throw new Error(`rollout ${this.#state.id} has not ended`);
    this.#state = undefined;
    return this.#write(rollout, event, this.#by);
  }

  /**
   * Writes an event down, if it is one that may follow.
   *
   * @throws RefusedRequest or IllegalEvent when it may not, LockedError when the lock was taken away; nothing is written then
   */
  record(event: RolloutEvent, by = this.#by): RolloutState {
    if (this.#state === undefined) throw new Error("no rollout was begun");
    return this.#write(this.#state.id, event, by);
  }

  /** Writes down that this process goes on where another one was cut off. Nothing to do when none was. */
  takeOver(): void {
    const state = this.#state;
    if (state === undefined || state.outcome !== undefined || state.paused) return;
    const from = this.#lock.lost ? describeOwner(this.#lock.lost) : "a process that left no lock";
    this.record({ type: "taken-over", from, stacks: stacksInFlight(state) });
  }

  close(): void {
    this.#lock.release();
  }

  #write(rollout: string, event: RolloutEvent, by: string): RolloutState {
    // Two processes that write would each break the other's log, and act on one another's stacks.
    this.#lock.check();
    const draft = { at: new Date().toISOString(), rollout, by, event };
    const state = evolve(this.#state, { seq: this.#log.entries.length + 1, ...draft });
    const entry = this.#log.append(draft);
    this.#state = state;
    for (const listener of this.#listeners) listener(entry, state);
    return state;
  }
}
