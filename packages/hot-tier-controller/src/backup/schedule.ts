import { recoveryPoint } from "./manifest.ts";

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
export type BackupDecision = { readonly take: true } | { readonly take: false; readonly problem?: string };

/**
 * Whether a backup is due: the newest one began longer ago than the interval, and a new one ends in the time that there is.
 *
 * @param mostSeconds how long this process may take: less than 15 minutes in a Lambda function
 */
export function decideBackup(
  generations: readonly string[],
  dataBytes: number,
  budget: BackupBudget,
  mostSeconds: number,
  now: Date,
): BackupDecision {
  const ages = generations.map((generation) => generationAge(generation, now)).filter((age) => age !== undefined);
  if (Math.min(...ages) < budget.backupIntervalSeconds) {
    return { take: false };
  }
  const { backupSeconds } = recoveryPoint(dataBytes, budget.backupBytesPerSecond, budget.backupIntervalSeconds);
  if (backupSeconds > mostSeconds) {
    const problem = `a backup takes ${Math.ceil(backupSeconds)} s and this process has ${mostSeconds} s: run \`hot-tier serve\` as an ECS service, or raise budgets.backupBytesPerSecond`;
    return { take: false, problem };
  }
  return { take: true };
}
