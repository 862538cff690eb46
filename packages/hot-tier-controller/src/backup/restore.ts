import { createHash } from "node:crypto";
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
 * @throws Error when the cluster is not empty or not whole, or a server refuses a key
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

/** Collects commands by node, and sends them in batches. */
class BatchWriter {
  readonly #connections: Connections;
  readonly #batches = new Map<string, { commands: Word[][]; bytes: number }>();

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
      await this.#flush(address);
    }
  }

  async flushAll(): Promise<void> {
    await Promise.all([...this.#batches.keys()].map((address) => this.#flush(address)));
  }

  async #flush(address: string): Promise<void> {
    const batch = this.#batches.get(address);
    this.#batches.delete(address);
    if (batch === undefined) {
      return;
    }
    for (const reply of await this.#connections.pipeline(address, batch.commands)) {
      if (reply instanceof Error) {
        throw new Error(`${address} refused a key: ${reply.message}`, { cause: reply });
      }
    }
  }
}
