import type { Connections, Word } from "../cluster/connections.ts";
import type { Look } from "../cluster/look.ts";
import type { MoveContext } from "./move.ts";
import { Pace } from "./pace.ts";

const migrateTimeoutMs = 30_000;

/**
 * Moves slots key by key: what servers without atomic migration have. Many slots share each round trip.
 *
 * @returns whether clients had to wait too long
 * @throws Error of the server; the slots that are open then are finished by a later pass
 */
export async function moveByKeys(
  context: MoveContext,
  from: Look,
  to: Look,
  slots: readonly number[],
  pace: Pace,
): Promise<boolean> {
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
  const slow = await moveKeys(context, from, to, slots, pace);
  // The destination first: if we die between the two, it owns the slots and the source follows by gossip.
  for (const address of [destination, source, ...context.primaries.filter((a) => a !== source && a !== destination)]) {
    await all(
      connections,
      address,
      each((slot) => ["CLUSTER", "SETSLOT", slot, "NODE", to.self.id]),
    );
  }
  return slow;
}

/** Moves what is left of one slot that an interrupted move left open, and makes everybody agree on its owner. */
export async function finishSlot(context: MoveContext, from: Look, to: Look, slot: number): Promise<void> {
  await moveByKeys(context, from, to, [slot], newPace(context));
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
      await moveKeys(context, other, owner, [slot], newPace(context));
    }
    await connections.send(other.machine.address, "CLUSTER", "SETSLOT", slot, "STABLE");
  }
  await connections.send(owner.machine.address, "CLUSTER", "SETSLOT", slot, "STABLE");
}

function newPace(context: MoveContext): Pace {
  return new Pace(context.pace, { keysPerSlot: 0, forkMs: 0 });
}

/** Round trips of as many keys as the pace allows, until the source has none left in these slots. */
async function moveKeys(
  context: MoveContext,
  from: Look,
  to: Look,
  slots: readonly number[],
  pace: Pace,
): Promise<boolean> {
  const { connections } = context;
  const source = from.machine.address;
  let slow = false;
  for (;;) {
    const counts = await all(
      connections,
      source,
      slots.map((slot) => ["CLUSTER", "COUNTKEYSINSLOT", slot]),
    );
    const left = slots.map((slot, index) => ({ slot, keys: Number(counts[index]) })).filter(({ keys }) => keys > 0);
    if (left.length === 0) {
      return slow;
    }
    while (left.length > 0) {
      const batch = takeBatch(left, pace.keys);
      const lists = await connections.pipelineOfBuffers(
        source,
        batch.map(({ slot, keys }) => ["CLUSTER", "GETKEYSINSLOT", slot, keys]),
      );
      const found = lists.map((list) => list as Buffer[]).filter((list) => list.length > 0);
      const started = performance.now();
      // One `MIGRATE` a slot, as the servers want it.
      await all(
        connections,
        source,
        found.map((keys) => migrate(context, to, keys)),
      );
      slow = pace.afterKeys(performance.now() - started) || slow;
    }
  }
}

interface KeysOfSlot {
  readonly slot: number;
  readonly keys: number;
}

/** Takes slots off the front of `left` that together have at most `size` keys, the last of them perhaps in part. */
function takeBatch(left: KeysOfSlot[], size: number): KeysOfSlot[] {
  const batch: KeysOfSlot[] = [];
  for (let room = size; room > 0;) {
    const first = left.shift();
    if (first === undefined) {
      break;
    }
    const keys = Math.min(first.keys, room);
    batch.push({ slot: first.slot, keys });
    if (keys < first.keys) {
      left.unshift({ slot: first.slot, keys: first.keys - keys });
    }
    room -= keys;
  }
  return batch;
}

function migrate(context: MoveContext, to: Look, keys: readonly Buffer[]): Word[] {
  const [host = "", port = ""] = splitAddress(to.machine.address);
  return ["MIGRATE", host, port, "", 0, migrateTimeoutMs, "REPLACE", ...context.auth, "KEYS", ...keys];
}

async function all(connections: Connections, address: string, commands: Word[][], ignore?: RegExp): Promise<unknown[]> {
  const results = await connections.pipeline(address, commands);
  for (const result of results) {
    if (result instanceof Error && ignore?.test(result.message) !== true) {
      throw result;
    }
  }
  return results;
}

export function splitAddress(address: string): [host: string, port: string] {
  const colon = address.lastIndexOf(":");
  return [address.slice(0, colon), address.slice(colon + 1)];
}
