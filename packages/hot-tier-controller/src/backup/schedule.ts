import { fileSeconds } from "./manifest.ts";
import type { StoredGenerations } from "./store.ts";

/** Name of a generation that begins at a time: sorts by time and is safe in a key. */
export function generationName(time: Date): string {
  return time.toISOString().replaceAll(":", "-");
}

/** Seconds since a generation began; undefined for a name that a person gave. */
export function generationAge(generation: string, now: Date): number | undefined {
  const time = Date.parse(generation.replace(/T(\d\d)-(\d\d)-/, "T$1:$2:"));
  return Number.isNaN(time) ? undefined : (now.getTime() - time) / 1_000;
}

export interface BackupBudget {
  readonly backupBytesPerSecond: number;
  readonly backupIntervalSeconds: number;
}

/** What to do about backups now. */
export interface BackupDecision {
  /** Generation to begin or to go on with; undefined when there is nothing to do or nothing can be done. */
  readonly take?: string;
  /** Unfinished generations that nobody goes on with. */
  readonly remove: readonly string[];
  /** Why no backup can be taken, and what to do. */
  readonly problem?: string;
}

/** Shortest age at which an unfinished generation is given up: its first files would be as much older than its last ones. */
const abandonSeconds = 86_400;

/**
 * Which backup is due: an unfinished one first, if it is newer than the newest whole one and not too old; otherwise a new one, when the newest began
 * longer ago than the interval. A shard's file is never in two pieces, so each has to fit into one turn.
 *
 * @param shardBytes data of each shard
 * @param mostSeconds how long one turn may take: less than 15 minutes in a Lambda function
 */
export function decideBackup(
  stored: StoredGenerations,
  shardBytes: readonly number[],
  budget: BackupBudget,
  mostSeconds: number,
  now: Date,
): BackupDecision {
  const seconds = shardBytes.map((bytes) => fileSeconds(bytes, budget.backupBytesPerSecond));
  const whole = seconds.reduce((sum, each) => sum + each, 0);
  const youngest = Math.min(...agesOf(stored.finished, now).map(({ age }) => age));
  const unfinished = agesOf(stored.unfinished, now);
  const resumed = unfinished
    .filter(({ age }) => age < youngest && age < Math.max(abandonSeconds, 2 * whole))
    .sort((a, b) => a.age - b.age)[0]?.generation;
  const remove = unfinished.map(({ generation }) => generation).filter((generation) => generation !== resumed);
  if (resumed === undefined && youngest < budget.backupIntervalSeconds) {
    return { remove };
  }
  const longest = Math.max(0, ...seconds);
  if (longest > mostSeconds) {
    const rate = Math.round(budget.backupBytesPerSecond / 1e6);
    return {
      remove,
      problem: `a backup of the largest shard, ${Math.ceil(Math.max(...shardBytes) / 1e9)} GB at ${rate} MB/s, takes ${Math.ceil(longest)} s and a call has ${mostSeconds} s: spread the data over more shards (\`shards\`), raise budgets.backupBytesPerSecond, or run \`hot-tier serve\` as an ECS service`,
    };
  }
  return { take: resumed ?? generationName(now), remove };
}

/** Ages of the generations that the controller named. */
function agesOf(generations: readonly string[], now: Date): { generation: string; age: number }[] {
  return generations.flatMap((generation) => {
    const age = generationAge(generation, now);
    return age === undefined ? [] : [{ generation, age }];
  });
}
