import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectionSettings } from "../cluster/connections.ts";
import type { Observation } from "../cluster/observe.ts";
import { InstanceState } from "../model.ts";
import type { ObservedNode } from "../model.ts";
import { backupGraceSeconds } from "../timing.ts";
import { checkManifest, fileSeconds } from "./manifest.ts";
import type { BackupFile, Manifest } from "./manifest.ts";
import { expectedSlowness, ownership, remainingWork, shardsOf, withSlowness } from "./progress.ts";
import type { BackupProgress, ShardToSave } from "./progress.ts";
import { snapshot } from "./snapshot.ts";
import type { BackupStore } from "./store.ts";

export interface BackupOptions {
  readonly cluster: string;
  readonly login: ConnectionSettings;
  readonly store: Pick<BackupStore, "getProgress" | "putProgress" | "putFile" | "putManifest">;
  /** Looks at the cluster: before the first file and after each. */
  readonly observe: () => Promise<Observation>;
  readonly bytesPerSecond: number;
  readonly onFile: (file: BackupFile, done: number, of: number) => void;
  readonly mayGoOn: () => boolean;
  /** Milliseconds on `now`'s clock: no shard is begun that would end later. Default: no limit. */
  readonly endsAt?: number;
  /** Default: `performance.now`. */
  readonly now?: () => number;
  /** Default: the replica's replication stream. */
  readonly read?: typeof snapshot;
}

/**
 * Takes one generation in one turn.
 *
 * @throws Error that says why there is no backup; what was stored of it stays, and a next turn goes on from there
 */
export async function takeBackup(options: Omit<BackupOptions, "endsAt">, generation: string): Promise<Manifest> {
  const manifest = await continueBackup(options, generation);
  if (manifest === undefined) {
    throw new Error(`the backup ${generation} was not taken in one turn`);
  }
  return manifest;
}

/**
 * One turn of a generation: the shards that it still lacks, a replica of each, one after the other, so that at most one node forks at
 * a time and the stream stays within the budget. Each file is noted in the generation's progress as soon as it is
 * stored, and only if no slot changed its owner since the turn began; the manifest follows when every shard has one.
 *
 * A rate below the budget's is noted too: a shard that cannot end in a turn at that rate is not begun again for an hour.
 *
 * The turn begins by replacing the progress on the condition that nobody else did: of two turns at once the older one cannot note its next file,
 * and writes none that the other has, because names carry the turn's number.
 *
 * @returns undefined when shards are left for the next turn
 * @throws Error that says why the turn ended; what it had noted stays
 */
export async function continueBackup(options: BackupOptions, generation: string): Promise<Manifest | undefined> {
  const { cluster, store, endsAt = Infinity, now = () => performance.now() } = options;
  let observation = await options.observe();
  const shards = shardsOf(observation);
  const found = await store.getProgress(generation);
  const { kept, pending } = remainingWork(found?.progress.files ?? [], shards);
  const startedAt = kept.length === 0 ? new Date().toISOString() : (found?.progress.startedAt ?? "");
  const turn = (found?.progress.turn ?? 0) + 1;
  let progress: BackupProgress = { ...found?.progress, version: 1, cluster, generation, startedAt, turn, files: kept };
  let etag = await store.putProgress(progress, found?.etag);
  for (const shard of pending) {
    const seconds = fileSeconds(shard.bytes, options.bytesPerSecond);
    const begun = now();
    const expected = seconds * expectedSlowness(progress, new Date());
    if (begun + expected * 1_000 > endsAt) {
      if (shard === pending[0]) {
        throw new Error(tooLong(shard, expected, (endsAt - begun) / 1_000));
      }
      return undefined;
    }
    const took = (): BackupProgress => withSlowness(progress, (now() - begun) / 1_000, seconds, new Date());
    const name = `turn-${turn}/shard-${String(shards.indexOf(shard)).padStart(3, "0")}.rdb`;
    const file = await takeFile(options, now, observation, shard, generation, name).catch(async (error: unknown) => {
      if (error instanceof GivenUpError) {
        await store.putProgress(took(), etag);
      }
      throw error;
    });
    const noted = took();
    observation = await options.observe();
    if (ownership(shardsOf(observation)) !== ownership(shards)) {
      throw new Error("slots changed their owner during the backup");
    }
    holdOrThrow(options);
    progress = { ...noted, files: [...progress.files, file] };
    etag = await store.putProgress(progress, etag);
    options.onFile(file, progress.files.length, shards.length);
  }
  const { files } = progress;
  const manifest = { version: 1, cluster, generation, startedAt, finishedAt: new Date().toISOString(), files } as const;
  checkManifest(manifest, generation);
  holdOrThrow(options);
  await store.putManifest(manifest);
  return manifest;
}

async function takeFile(
  options: BackupOptions,
  now: () => number,
  observation: Observation,
  shard: ShardToSave,
  generation: string,
  name: string,
): Promise<BackupFile> {
  holdOrThrow(options);
  const { bytesPerSecond, login, endsAt = Infinity, read = snapshot } = options;
  const node = chooseSource(observation, shard);
  const data = read(node.address, login, observation.looks.get(node.id)?.info.get("valkey_version"));
  const giveUpAt = endsAt + backupGraceSeconds * 1_000;
  const stored = await options.store.putFile(generation, name, paced(data, bytesPerSecond, now, giveUpAt));
  return { name, slots: shard.slots, ...stored, node: node.id };
}

/** Why a shard is not even begun: its stream is one piece. */
function tooLong({ primary, bytes }: ShardToSave, seconds: number, most: number): string {
  const [size, rate] = [Math.ceil(bytes / 1e9), Math.round(bytes / seconds / 1e6)];
  return `shard ${primary}, ${size} GB at the ${rate} MB/s that get through, takes ${Math.ceil(seconds)} s and this turn has ${Math.floor(most)} s: spread the data over more shards, or run \`hot-tier serve\` as an ECS service`;
}

/** A file would have outlasted its process. */
class GivenUpError extends Error {}

function holdOrThrow({ mayGoOn }: BackupOptions): void {
  if (!mayGoOn()) {
    throw new Error("the lease was lost during the backup");
  }
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
function chooseSource(observation: Observation, { primary }: ShardToSave): ObservedNode {
  const replica = observation.cluster.nodes
    .filter((node) => node.primaryId === primary && node.reachable && node.synced)
    .filter((node) => node.instance === InstanceState.Running || node.instance === InstanceState.Launching)
    .sort((a, b) => b.offset - a.offset || (a.id < b.id ? -1 : 1))[0];
  if (replica === undefined) {
    throw new Error(`shard ${primary} has no synced replica to take the backup from`);
  }
  return replica;
}

/** Keeps to the budget, and gives a file up that would outlast its process: the store then drops the parts it has. */
async function* paced(
  data: AsyncIterable<Buffer>,
  bytesPerSecond: number,
  now: () => number,
  giveUpAt: number,
): AsyncGenerator<Buffer> {
  const started = now();
  let sent = 0;
  for await (const chunk of data) {
    yield chunk;
    sent += chunk.length;
    const took = now() - started;
    if (started + took > giveUpAt) {
      throw new GivenUpError(
        `a shard's file was given up after ${Math.round(took / 1_000)} s: ${Math.round(sent / took / 1_000)} of the budget's ${Math.round(bytesPerSecond / 1e6)} MB/s got through`,
      );
    }
    const ahead = (sent / bytesPerSecond) * 1_000 - took;
    if (ahead > 10) {
      await sleep(ahead);
    }
  }
}
