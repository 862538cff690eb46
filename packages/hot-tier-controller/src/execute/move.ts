import { setTimeout as sleep } from "node:timers/promises";
import type { Connections, Word } from "../cluster/connections.ts";
import { hasEnded, slotMigrations } from "../cluster/look.ts";
import type { Look } from "../cluster/look.ts";
import { countSlots, listSlots, subtractRanges, takeSlots } from "../slots.ts";
import type { SlotRange } from "../slots.ts";
import { Pace } from "./pace.ts";
import type { PaceSettings } from "./pace.ts";

/** Where a move stands. */
export interface MoveProgress {
  readonly movedSlots: number;
  readonly totalSlots: number;
  readonly bytesPerSecond: number;
  /** Undefined before the first job. */
  readonly secondsLeft?: number;
}

export interface MoveContext {
  readonly connections: Connections;
  readonly pace: PaceSettings;
  /** Credentials for `MIGRATE`, which logs in at the destination by itself. */
  readonly auth: readonly string[];
  readonly primaries: readonly string[];
  readonly onProgress: (progress: MoveProgress) => void;
  /** Asked between jobs: a controller that lost its lease stops here. */
  readonly mayGoOn: () => boolean;
}

const pollMs = 5;
const keysAtOnce = 100;
const migrateTimeoutMs = 30_000;
const jobTimeoutMs = 600_000;

/**
 * Moves slots in jobs whose size follows the latency that the source shows meanwhile.
 *
 * @throws Error when the server reports a failed job; what moved before stays moved.
 */
export async function moveSlots(
  context: MoveContext,
  from: Look,
  to: Look,
  slots: readonly SlotRange[],
  byKeys: boolean,
): Promise<void> {
  const pace = new Pace(context.pace);
  const total = countSlots(slots);
  const bytesPerSlot = Number(from.info.get("used_memory_dataset") ?? 0) / Math.max(1, countSlots(from.self.slots));
  const started = performance.now();
  let rest = [...slots];
  while (rest.length > 0 && context.mayGoOn()) {
    const job = takeSlots(rest, pace.slots);
    const jobStarted = performance.now();
    const probe = new LatencyProbe(context.connections, from.machine.address);
    try {
      if (byKeys || from.dialect === "keys") {
        await moveByKeys(context, from, to, listSlots(job));
      } else if (from.dialect === "valkey-atomic") {
        await moveAtomicallyValkey(context, from, to, job);
      } else {
        await moveAtomicallyRedis(context, to, job);
      }
    } finally {
      await probe.stop();
    }
    rest = subtractRanges(rest, job);
    const bytes = bytesPerSlot * countSlots(job);
    const now = performance.now();
    const pause = pace.after(probe.worstMs, bytes, now - jobStarted);
    const moved = total - countSlots(rest);
    context.onProgress({
      movedSlots: moved,
      totalSlots: total,
      bytesPerSecond: (bytesPerSlot * moved * 1_000) / (now - started),
      secondsLeft: ((now - started) / 1_000 / moved) * (total - moved),
    });
    await sleep(pause);
  }
}

/** Moves what is left of one slot that an interrupted move left open, and makes everybody agree on its owner. */
export async function finishSlot(context: MoveContext, from: Look, to: Look, slot: number): Promise<void> {
  await moveByKeys(context, from, to, [slot]);
}

/**
 * Closes an open slot whose destination is not there: keys that another primary holds for it come back to the owner first.
 */
export async function closeSlot(
  context: MoveContext,
  owner: Look,
  others: readonly Look[],
  slot: number,
): Promise<void> {
  const { connections } = context;
  for (const other of others) {
    const keys = Number(await connections.send(other.machine.address, "CLUSTER", "COUNTKEYSINSLOT", slot));
    if (keys > 0) {
      await connections.send(owner.machine.address, "CLUSTER", "SETSLOT", slot, "STABLE");
      await connections.send(owner.machine.address, "CLUSTER", "SETSLOT", slot, "IMPORTING", other.self.id);
      await moveKeys(context, other, owner, slot);
    }
    await connections.send(other.machine.address, "CLUSTER", "SETSLOT", slot, "STABLE");
  }
  await connections.send(owner.machine.address, "CLUSTER", "SETSLOT", slot, "STABLE");
}

async function moveAtomicallyValkey(context: MoveContext, from: Look, to: Look, job: readonly SlotRange[]) {
  const { connections } = context;
  const before = new Set((await slotMigrations(connections, from.machine.address)).map(({ name }) => name));
  const ranges = job.flatMap(([first, last]): Word[] => [first, last]);
  await connections.send(from.machine.address, "CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", ...ranges, "NODE", to.self.id);
  const deadline = performance.now() + jobTimeoutMs;
  for (;;) {
    const jobs = await slotMigrations(connections, from.machine.address);
    const mine = jobs.find((candidate) => !before.has(candidate.name) && candidate.operation === "EXPORT");
    if (mine !== undefined && hasEnded(mine)) {
      if (mine.state !== "success") {
        throw new Error(`slot migration ${mine.name} ${mine.state}: ${mine.message}`);
      }
      return;
    }
    if (performance.now() > deadline) {
      await connections.send(from.machine.address, "CLUSTER", "CANCELSLOTMIGRATIONS");
      throw new Error(`slot migration took longer than ${jobTimeoutMs} ms and was cancelled`);
    }
    await sleep(pollMs);
  }
}

async function moveAtomicallyRedis(context: MoveContext, to: Look, job: readonly SlotRange[]): Promise<void> {
  const { connections } = context;
  const ranges = job.flatMap(([first, last]): Word[] => [first, last]);
  const task = await connections.text(to.machine.address, "CLUSTER", "MIGRATION", "IMPORT", ...ranges);
  const deadline = performance.now() + jobTimeoutMs;
  for (;;) {
    const status = await connections.send(to.machine.address, "CLUSTER", "MIGRATION", "STATUS", "ID", task);
    const words = (Array.isArray(status) ? (status as unknown[]) : []).flat().map(String);
    const state = words[words.indexOf("state") + 1] ?? "";
    if (state === "completed") {
      return;
    }
    if (state === "failed" || state === "canceled" || performance.now() > deadline) {
      throw new Error(`slot migration ${task} ${state}: ${words[words.indexOf("last_error") + 1] ?? ""}`);
    }
    await sleep(pollMs);
  }
}

async function moveByKeys(context: MoveContext, from: Look, to: Look, slots: readonly number[]): Promise<void> {
  const { connections } = context;
  const source = from.machine.address;
  const destination = to.machine.address;
  const each = (words: (slot: number) => Word[]): Word[][] => slots.map(words);
  await all(
    connections,
    destination,
    each((slot) => ["CLUSTER", "SETSLOT", slot, "IMPORTING", from.self.id]),
    /already the owner/,
  );
  await all(
    connections,
    source,
    each((slot) => ["CLUSTER", "SETSLOT", slot, "MIGRATING", to.self.id]),
    /not the owner/,
  );
  for (const slot of slots) {
    await moveKeys(context, from, to, slot);
  }
  // The destination first: if we die between the two, it owns the slots and the source follows by gossip.
  for (const address of [destination, source, ...context.primaries.filter((a) => a !== source && a !== destination)]) {
    await all(
      connections,
      address,
      each((slot) => ["CLUSTER", "SETSLOT", slot, "NODE", to.self.id]),
      undefined,
    );
  }
}

async function moveKeys(context: MoveContext, from: Look, to: Look, slot: number): Promise<void> {
  const { connections } = context;
  const source = from.machine.address;
  const [host = "", port = ""] = splitAddress(to.machine.address);
  for (;;) {
    const keys = (await connections.send(source, "CLUSTER", "GETKEYSINSLOT", slot, keysAtOnce)) as string[];
    if (keys.length === 0) {
      return;
    }
    await connections.send(
      source,
      ...["MIGRATE", host, port, "", 0, migrateTimeoutMs, "REPLACE", ...context.auth, "KEYS", ...keys],
    );
  }
}

async function all(
  connections: Connections,
  address: string,
  commands: Word[][],
  ignore: RegExp | undefined,
): Promise<void> {
  for (const result of await connections.pipeline(address, commands)) {
    if (result instanceof Error && ignore?.test(result.message) !== true) {
      throw result;
    }
  }
}

export function splitAddress(address: string): [host: string, port: string] {
  const colon = address.lastIndexOf(":");
  return [address.slice(0, colon), address.slice(colon + 1)];
}

/** Asks a node again and again how fast it answers: what its clients see. */
class LatencyProbe {
  worstMs = 0;
  #on = true;
  readonly #done: Promise<void>;

  constructor(connections: Connections, address: string) {
    this.#done = this.#run(connections, address);
  }

  async stop(): Promise<void> {
    this.#on = false;
    await this.#done;
  }

  async #run(connections: Connections, address: string): Promise<void> {
    while (this.#on) {
      const started = performance.now();
      try {
        await connections.send(address, "PING");
      } catch {
        return;
      }
      this.worstMs = Math.max(this.worstMs, performance.now() - started);
      await sleep(2);
    }
  }
}
