import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import calculateSlot from "cluster-key-slot";
import type { Connections, Word } from "../cluster/connections.ts";
import type { Observation } from "../cluster/observe.ts";
import { listSlots, missingSlots } from "../slots.ts";
import { BackupRefusedError, checkManifest } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";
import { readRdb } from "./rdb.ts";
import type { RdbEntry } from "./rdb.ts";
import type { BackupStore } from "./store.ts";

const batchKeys = 200;
const batchBytes = 4_000_000;

/** Answers of a node that has not heard yet, or again, who owns every slot: keys are offered again, which `REPLACE` allows. */
const passing = /^(CLUSTERDOWN|TRYAGAIN|LOADING)\b/;
const retryMs = 250;
const patienceMs = 30_000;

export interface RestoreOptions {
  readonly store: BackupStore;
  readonly connections: Connections;
  /** The cluster to fill: every slot owned, no key in it, any number of shards. */
  readonly observation: Observation;
  readonly now: () => number;
  readonly onFile: (name: string, keys: number) => void;
}

export interface RestoreReport {
  readonly keys: number;
  /** Keys that had expired since. */
  readonly expired: number;
}

/**
 * Reads every file of a generation and compares it with the manifest, before anything is written.
 *
 * @throws BackupRefusedError that names the file that is missing, of another generation or corrupted
 */
export async function verifyBackup(store: BackupStore, generation: string): Promise<Manifest> {
  const manifest = await store.getManifest(generation);
  checkManifest(manifest, generation);
  for (const file of manifest.files) {
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const chunk of await store.getFile(generation, file.name)) {
      hash.update(chunk);
      bytes += chunk.length;
    }
    if (bytes !== file.bytes || hash.digest("hex") !== file.sha256) {
      throw new BackupRefusedError(
        `${file.name} of ${generation} is not the file that was stored (${bytes} bytes, ${file.bytes} expected): it is corrupted or of another generation.`,
      );
    }
  }
  return manifest;
}

/**
 * Fills an empty cluster from a backup, whatever its number of shards: each key goes to the owner of its slot.
 *
 * @throws BackupRefusedError before the first write, when the backup is not whole
 * @throws Error when the cluster is not empty or not whole, or a server refuses a key, as one that is down does for 30 s
 */
export async function restore(options: RestoreOptions, generation: string): Promise<RestoreReport> {
  const owners = emptyOwners(options.observation);
  const manifest = await verifyBackup(options.store, generation);
  let keys = 0;
  let expired = 0;
  for (const file of manifest.files) {
    const writer = new BatchWriter(options.connections);
    for await (const item of readRdb(await options.store.getFile(generation, file.name))) {
      if (item.kind === "function") {
        for (const address of new Set(owners)) {
          await options.connections.send(address, "FUNCTION", "LOAD", "REPLACE", item.source);
        }
      } else if (item.expiresAtMs !== undefined && item.expiresAtMs <= options.now()) {
        expired += 1;
      } else {
        await writer.add(owners[calculateSlot(item.key)] ?? "", item);
        keys += 1;
      }
    }
    await writer.flushAll();
    options.onFile(file.name, keys);
  }
  return { keys, expired };
}

/** Slot -> address of its owner. */
function emptyOwners(observation: Observation): string[] {
  const owners: string[] = [];
  const primaries = observation.cluster.nodes.filter(
    (node) => node.member && node.role === "primary" && node.reachable,
  );
  const missing = missingSlots(primaries.flatMap((node) => [...node.slots]));
  if (missing.length > 0) {
    throw new Error("the cluster does not serve all slots: form it first (`hot-tier apply`)");
  }
  for (const node of primaries) {
    const keys = observation.looks.get(node.id)?.keys ?? 0;
    if (keys > 0) {
      throw new Error(`${node.address} holds ${keys} keys: a backup is only restored into an empty cluster`);
    }
    for (const slot of listSlots(node.slots)) {
      owners[slot] = node.address;
    }
  }
  return owners;
}

/** Collects commands by node and sends them in batches: while one is on its way to a node the next one is collected. */
class BatchWriter {
  readonly #connections: Connections;
  readonly #batches = new Map<string, { commands: Word[][]; bytes: number }>();
  readonly #onTheWay = new Map<string, Promise<void>>();

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  async add(address: string, entry: RdbEntry): Promise<void> {
    const { key, payload, expiresAtMs = 0, frequency, idleSeconds } = entry;
    const batch = this.#batches.get(address) ?? { commands: [], bytes: 0 };
    this.#batches.set(address, batch);
    const usage: Word[] =
      frequency !== undefined ? ["FREQ", frequency] : idleSeconds !== undefined ? ["IDLETIME", idleSeconds] : [];
    batch.commands.push(["RESTORE", key, expiresAtMs, payload, "REPLACE", "ABSTTL", ...usage]);
    batch.bytes += payload.length;
    if (batch.commands.length >= batchKeys || batch.bytes >= batchBytes) {
      await this.#onTheWay.get(address);
      this.#begin(address);
    }
  }

  async flushAll(): Promise<void> {
    await Promise.all(this.#onTheWay.values());
    for (const address of this.#batches.keys()) {
      this.#begin(address);
    }
    await Promise.all(this.#onTheWay.values());
  }

  #begin(address: string): void {
    const commands = this.#batches.get(address)?.commands ?? [];
    this.#batches.delete(address);
    const sending = this.#send(address, commands);
    // Whoever waits for it next sees the error; until then it is nobody's.
    sending.catch(() => {});
    this.#onTheWay.set(address, sending);
  }

  async #send(address: string, commands: Word[][]): Promise<void> {
    let left = commands;
    for (let waitedMs = 0; left.length > 0; waitedMs += retryMs) {
      const refused: Word[][] = [];
      for (const [index, reply] of (await this.#connections.pipeline(address, left)).entries()) {
        if (!(reply instanceof Error)) continue;
        if (waitedMs >= patienceMs || !passing.test(reply.message)) {
          throw new Error(`${address} refused a key: ${reply.message}`, { cause: reply });
        }
        refused.push(left[index]!);
      }
      left = refused;
      if (left.length > 0) await sleep(retryMs);
    }
  }
}
