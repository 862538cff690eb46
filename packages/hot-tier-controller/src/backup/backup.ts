import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectionSettings } from "../cluster/connections.ts";
import type { Observation } from "../cluster/observe.ts";
import { InstanceState } from "../model.ts";
import type { ObservedNode } from "../model.ts";
import { formatRanges, missingSlots } from "../slots.ts";
import type { BackupFile, Manifest } from "./manifest.ts";
import { snapshot } from "./snapshot.ts";
import type { BackupStore } from "./store.ts";

export interface BackupOptions {
  readonly cluster: string;
  readonly login: ConnectionSettings;
  readonly store: BackupStore;
  /** Looks at the cluster: before the first file and after the last one. */
  readonly observe: () => Promise<Observation>;
  readonly bytesPerSecond: number;
  readonly onFile: (file: BackupFile, done: number, of: number) => void;
  readonly mayGoOn: () => boolean;
}

/**
 * Takes one generation: a replica of each shard, one after the other, so that at most one node forks at a time and the
 * stream stays within the budget. The generation counts only if no slot changed its owner meanwhile.
 *
 * @throws Error that says why there is no backup; what was stored of it is removed
 */
export async function takeBackup(options: BackupOptions, generation: string): Promise<Manifest> {
  const startedAt = new Date().toISOString();
  const before = await options.observe();
  const shards = before.cluster.nodes.filter((node) => node.member && node.role === "primary" && node.slots.length > 0);
  const missing = missingSlots(shards.flatMap((shard) => [...shard.slots]));
  const moving = before.cluster.moves.some((move) => move.state === "running") || before.cluster.openSlots.length > 0;
  if (missing.length > 0 || moving) {
    throw new Error(
      missing.length > 0
        ? `slots ${formatRanges(missing)} have no owner: no backup`
        : "slots are being moved: no backup",
    );
  }
  const files: BackupFile[] = [];
  try {
    for (const [index, shard] of shards.entries()) {
      if (!options.mayGoOn()) {
        throw new Error("the lease was lost during the backup");
      }
      const name = `shard-${String(index).padStart(3, "0")}.rdb`;
      const node = chooseSource(before, shard);
      const valkey = before.looks.get(node.id)?.info.get("valkey_version");
      const data = paced(snapshot(node.address, options.login, valkey), options.bytesPerSecond);
      const stored = await options.store.putFile(generation, name, data);
      const file = { name, slots: shard.slots, ...stored, node: node.id };
      files.push(file);
      options.onFile(file, files.length, shards.length);
    }
    const after = await options.observe();
    if (ownership(after) !== ownership(before)) {
      throw new Error("slots changed their owner during the backup");
    }
  } catch (error) {
    await options.store.remove(generation);
    throw error;
  }
  const finishedAt = new Date().toISOString();
  const manifest = { version: 1, cluster: options.cluster, generation, startedAt, finishedAt, files } as const;
  await options.store.putManifest(manifest);
  return manifest;
}

/** Keeps the newest generations. */
export async function prune(store: BackupStore, keep: number): Promise<string[]> {
  const generations = await store.generations();
  const old = generations.slice(0, Math.max(0, generations.length - keep));
  for (const generation of old) {
    await store.remove(generation);
  }
  return old;
}

/** The replica that is furthest; the primary is never made to fork. */
function chooseSource(observation: Observation, shard: ObservedNode): ObservedNode {
  const replica = observation.cluster.nodes
    .filter((node) => node.primaryId === shard.id && node.reachable && node.synced)
    .filter((node) => node.instance === InstanceState.Running || node.instance === InstanceState.Launching)
    .sort((a, b) => b.offset - a.offset || (a.id < b.id ? -1 : 1))[0];
  if (replica === undefined) {
    throw new Error(`shard ${shard.id} has no synced replica to take the backup from`);
  }
  return replica;
}

/** By slots and not by node: a failover between two files changes nothing about what they hold. */
function ownership(observation: Observation): string {
  return observation.cluster.nodes
    .filter((node) => node.member && node.role === "primary" && node.slots.length > 0)
    .map((node) => formatRanges(node.slots))
    .sort()
    .join("; ");
}

async function* paced(data: AsyncIterable<Buffer>, bytesPerSecond: number): AsyncGenerator<Buffer> {
  const started = performance.now();
  let sent = 0;
  for await (const chunk of data) {
    yield chunk;
    sent += chunk.length;
    const ahead = (sent / bytesPerSecond) * 1_000 - (performance.now() - started);
    if (ahead > 10) {
      await sleep(ahead);
    }
  }
}
