/**
 * The controller's own intervals and patience, seconds: the two packages share no code (decision 030), and a test compares
 * these with its. Recovery times follow from them.
 */
export const controllerTiming = {
  /** Between two calls of the function. */
  scheduleSeconds: 60,
  /** How much of that a call works. */
  workSeconds: 50,
  /** Longest wait between two passes of a call. */
  waitSeconds: 10,
  /** How long another controller watches a lease stand still before it takes it. */
  takeoverSeconds: 30,
  /** How long the cluster may elect by itself, beyond the node timeout, before a failover is ordered. */
  electionGraceSeconds: 3,
  /** Down for so long on a machine that runs: the machine is replaced. */
  replaceAfterSeconds: 600,
  /** Longest backup that the function begins. */
  mostBackupSeconds: 780,
} as const;

/** The longest time between two looks at the cluster: a call's last wait, and the pause until the next call. */
export const longestLookGapSeconds =
  controllerTiming.waitSeconds + controllerTiming.scheduleSeconds - controllerTiming.workSeconds;

/** Stall of a fork, a byte: 27 ms a GB, the most that was measured. */
const forkSecondsPerByte = 0.027 / 1_000_000_000;

/** What a backup's budget can keep. */
export interface BackupTimes {
  /** How long one backup of the whole cluster takes. */
  backupSeconds: number;
  /** Most that can be lost when only backups are left: from the start of one to the end of the next. */
  worstSeconds: number;
}

/**
 * The recovery point that backups keep.
 *
 * @param dataBytes of all shards, one copy each
 */
export function backupTimes(dataBytes: number, bytesPerSecond: number, intervalSeconds: number): BackupTimes {
  const backupSeconds = dataBytes / bytesPerSecond + dataBytes * forkSecondsPerByte;
  return { backupSeconds, worstSeconds: Math.max(intervalSeconds, backupSeconds) + backupSeconds };
}
