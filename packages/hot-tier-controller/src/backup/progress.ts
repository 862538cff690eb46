import type { Observation } from "../cluster/observe.ts";
import { countSlots, formatRanges, missingSlots, slotCount } from "../slots.ts";
import type { SlotRange } from "../slots.ts";
import type { BackupFile } from "./manifest.ts";

/** How far an unfinished generation is: `progress.json` beside its files, until the manifest makes it whole. */
export interface BackupProgress {
  readonly version: 1;
  readonly cluster: string;
  readonly generation: string;
  readonly startedAt: string;
  /** Turns that were begun, this one included. Files are named by it: two turns never write the same one. */
  readonly turn: number;
  /** The slowest file, if one was slower than the budget: how many times longer it took, and when that was seen. */
  readonly slow?: { readonly factor: number; readonly at: string };
  readonly files: readonly BackupFile[];
}

/** A shard as a backup sees it: what it owns, whoever is its primary. */
export interface ShardToSave {
  /** Node id of its primary now. */
  readonly primary: string;
  readonly slots: readonly SlotRange[];
  /** Memory of its data set. */
  readonly bytes: number;
}

/**
 * All shards, by their first slot.
 *
 * @throws Error that says why no file may be taken now: slots have no owner, two, or are on their way
 */
export function shardsOf({ cluster }: Observation): ShardToSave[] {
  const shards = cluster.nodes
    .filter((node) => node.member && node.role === "primary" && node.slots.length > 0)
    .map(({ id, slots, usedBytes }) => ({ primary: id, slots, bytes: usedBytes }))
    .sort((a, b) => firstSlot(a.slots) - firstSlot(b.slots));
  const all = shards.flatMap((shard) => [...shard.slots]);
  const missing = missingSlots(all);
  if (missing.length > 0) {
    throw new Error(`slots ${formatRanges(missing)} have no owner: no backup`);
  }
  if (countSlots(all) !== slotCount) {
    throw new Error("two nodes claim the same slots: no backup");
  }
  if (cluster.moves.some((move) => move.state === "running") || cluster.openSlots.length > 0) {
    throw new Error("slots are being moved: no backup");
  }
  return shards;
}

/** Files that still are one shard's, and the shards without one. */
export interface RemainingWork {
  readonly kept: readonly BackupFile[];
  readonly pending: readonly ShardToSave[];
}

/**
 * What a generation still lacks. A file counts as long as a shard owns exactly its slots, whichever node serves them: shards that gave or took
 * slots since are taken again. Because the shards hold every slot once, so do the files when nothing is pending.
 */
export function remainingWork(files: readonly BackupFile[], shards: readonly ShardToSave[]): RemainingWork {
  const bySlots = new Map(files.map((file) => [formatRanges(file.slots), file]));
  const found = shards.map((shard) => ({ shard, file: bySlots.get(formatRanges(shard.slots)) }));
  return {
    kept: found.flatMap(({ file }) => file ?? []),
    pending: found.filter(({ file }) => file === undefined).map(({ shard }) => shard),
  };
}

/** How long a slow stream is expected again: what was in its way may be gone. */
const slowMs = 3_600_000;

/** How many times longer than the budget says a file will take, by what was seen of this generation lately. */
export function expectedSlowness({ slow }: Pick<BackupProgress, "slow">, now: Date): number {
  return slow === undefined || now.getTime() - Date.parse(slow.at) > slowMs ? 1 : slow.factor;
}

/** Notes how long a file took, of how long it should have. */
export function withSlowness(
  progress: BackupProgress,
  tookSeconds: number,
  seconds: number,
  now: Date,
): BackupProgress {
  const factor = tookSeconds / seconds;
  return factor > expectedSlowness(progress, now) ? { ...progress, slow: { factor, at: now.toISOString() } } : progress;
}

/** Who owns what, by slots and not by node: a failover between two files changes nothing about what they hold. */
export function ownership(shards: readonly ShardToSave[]): string {
  return shards.map((shard) => formatRanges(shard.slots)).join("; ");
}

function firstSlot(slots: readonly SlotRange[]): number {
  return Math.min(...slots.map(([first]) => first));
}
