import { continueBackup, prune } from "../backup/backup.ts";
import type { BackupOptions } from "../backup/backup.ts";
import type { BackupFile } from "../backup/manifest.ts";
import { decideBackup, generationAge } from "../backup/schedule.ts";
import type { BackupStore, StoredGenerations } from "../backup/store.ts";
import type { Settings } from "../run/settings.ts";
import type { ServiceLog } from "./service-log.ts";

/** What a backup needs of the pass that begins it. */
export interface BackupSource extends Pick<BackupOptions, "login" | "observe" | "mayGoOn"> {
  /** Data of each shard. */
  readonly shardBytes: readonly number[];
}

/** The backups that a service takes beside its passes, one at a time. */
export class Backups {
  readonly #cluster: string;
  readonly #store: BackupStore;
  readonly #log: ServiceLog;
  /** Longest turn of a backup in this process, in seconds. */
  readonly #mostSeconds: number;
  #running: Promise<void> | undefined;

  constructor(cluster: string, store: BackupStore, log: ServiceLog, mostSeconds: number) {
    this.#cluster = cluster;
    this.#store = store;
    this.#log = log;
    this.#mostSeconds = mostSeconds;
  }

  isRunning(): boolean {
    return this.#running !== undefined;
  }

  /**
   * Tells how old the newest backup is, and takes the next one when it is due and somebody gives a source.
   *
   * @param formedAt since when the cluster has held data; undefined as long as it holds none
   * @param source undefined when none may begin now
   */
  async tend(settings: Settings, formedAt: Date | undefined, source: BackupSource | undefined): Promise<void> {
    const stored = await this.#store.list();
    this.#tellAge(stored, formedAt, new Date());
    if (source !== undefined && !this.isRunning()) {
      await this.#takeIfDue(settings, stored, source);
    }
  }

  /**
   * Of a cluster that never had a backup: how long it has gone without. At every pass, at rest or not, because an alarm waits for some
   * minutes in a row, and because what is never at rest is never backed up.
   */
  #tellAge({ finished }: StoredGenerations, formedAt: Date | undefined, now: Date): void {
    const ages = finished.flatMap((name) => generationAge(name, now) ?? []);
    const since = formedAt === undefined ? [] : [(now.getTime() - formedAt.getTime()) / 1_000];
    const [age] = ages.length === 0 ? since : [Math.min(...ages)];
    if (age !== undefined) {
      this.#log.metrics("info", "backup-age", { BackupAgeSeconds: "Seconds" }, { BackupAgeSeconds: age });
    }
  }

  /**
   * Begins a backup beside the passes, or goes on with one: slots stay where they are meanwhile, everything else is tended as
   * always. Between two turns slots may move; their shards are then taken again.
   */
  async #takeIfDue({ budgets }: Settings, stored: StoredGenerations, source: BackupSource): Promise<void> {
    const { shardBytes, ...rest } = source;
    const { take, remove, problem } = decideBackup(stored, shardBytes, budgets, this.#mostSeconds, new Date());
    for (const generation of remove) {
      this.#log.line("warn", "backup-abandoned", { generation });
      await this.#store.remove(generation);
    }
    if (problem !== undefined) {
      this.#log.line("error", "backup-refused", { message: problem });
    }
    if (take === undefined) {
      return;
    }
    const options = {
      ...rest,
      cluster: this.#cluster,
      store: this.#store,
      bytesPerSecond: budgets.backupBytesPerSecond,
      onFile: (file: BackupFile, done: number, of: number) =>
        this.#log.line("info", "backup-file", { file: file.name, bytes: file.bytes, done, of }),
      endsAt: performance.now() + this.#mostSeconds * 1_000,
    };
    this.#running = continueBackup(options, take)
      .then(async (manifest) => {
        this.#log.line("info", manifest === undefined ? "backup-paused" : "backup-taken", { generation: take });
        if (manifest !== undefined) {
          await prune(this.#store, budgets.backupsKept);
        }
      })
      .catch((error: unknown) => this.#log.line("error", "backup-failed", { generation: take, message: String(error) }))
      .finally(() => (this.#running = undefined));
  }
}
