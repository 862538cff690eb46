import { countSlots, formatRanges, missingSlots, slotCount } from "../slots.ts";
import type { SlotRange } from "../slots.ts";

/** One shard's file of a backup. */
export interface BackupFile {
  /** Name below the generation, such as `turn-1/shard-000.rdb`. */
  readonly name: string;
  readonly slots: readonly SlotRange[];
  readonly bytes: number;
  /** SHA-256 of the file, hexadecimal. */
  readonly sha256: string;
  /** Node that it was taken from. */
  readonly node: string;
}

/** Proof that the files of one generation hold all slots, each once. It is written last: without it there is no backup. */
export interface Manifest {
  readonly version: 1;
  readonly cluster: string;
  readonly generation: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly files: readonly BackupFile[];
}

/** A backup that must not be restored. The message names the file. */
export class BackupRefusedError extends Error {
  override readonly name = "BackupRefusedError";
}

/**
 * Checks that a manifest is whole: of this generation, all 16,384 slots, none twice.
 *
 * @throws BackupRefusedError
 */
export function checkManifest(manifest: Manifest, generation: string): void {
  if (manifest.version !== 1 || manifest.generation !== generation) {
    throw new BackupRefusedError(
      `manifest.json of ${generation} is of generation ${manifest.generation}: the backup's files are mixed up.`,
    );
  }
  const all = manifest.files.flatMap((file) => [...file.slots]);
  const missing = missingSlots(all);
  if (missing.length > 0) {
    throw new BackupRefusedError(`no file of ${generation} holds slots ${formatRanges(missing)}.`);
  }
  if (countSlots(all) !== slotCount) {
    throw new BackupRefusedError(`two files of ${generation} hold the same slots.`);
  }
}

/** What a backup costs in time, for the plan. */
export interface RecoveryPoint {
  /** How long one backup of the whole cluster takes within the budget. */
  readonly backupSeconds: number;
  /** Most that can be lost when only backups are left: from the start of one to the end of the next. */
  readonly worstSeconds: number;
}

/** Stall of a fork, a GB: 18 to 27 ms were measured. */
const forkSecondsPerByte = 0.027 / 1_000_000_000;

/** How long a backup of so many bytes takes: the stream within the budget, and the fork before it. */
export function fileSeconds(bytes: number, bytesPerSecond: number): number {
  return bytes / bytesPerSecond + bytes * forkSecondsPerByte;
}

/**
 * The recovery point that a budget can keep. The source document's "every 5 minutes" would need 400 GB/s at 1,000 full nodes (E43).
 *
 * @param dataBytes of all shards, one copy each
 */
export function recoveryPoint(dataBytes: number, bytesPerSecond: number, intervalSeconds: number): RecoveryPoint {
  const backupSeconds = fileSeconds(dataBytes, bytesPerSecond);
  return { backupSeconds, worstSeconds: Math.max(intervalSeconds, backupSeconds) + backupSeconds };
}
