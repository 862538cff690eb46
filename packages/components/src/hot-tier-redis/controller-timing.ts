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
  /** Longest turn of a backup in a call: shards that do not fit are left to the next one. */
  mostBackupSeconds: 780,
} as const;

/** The longest time between two looks at the cluster: a call's last wait, and the pause until the next call. */
export const longestLookGapSeconds =
  controllerTiming.waitSeconds + controllerTiming.scheduleSeconds - controllerTiming.workSeconds;

/** Stall of a fork, a byte: 27 ms a GB, the most that was measured. */
const forkSecondsPerByte = 0.027 / 1_000_000_000;

/** The longest time between the end of a backup's turn and the next one: the call's last wait, and the schedule. */
export const betweenTurnsSeconds = controllerTiming.waitSeconds + controllerTiming.scheduleSeconds;

/** What a backup's budget can keep. */
export interface BackupTimes {
  /** How long the stream of one shard takes, which is never split. */
  shardSeconds: number;
  /** How many of them fit into one call of the function; 0 when there can be no backup. */
  shardsPerCall: number;
  /** Calls that one backup of the whole cluster takes. */
  calls: number;
  /** How long it takes, with the time between calls. */
  backupSeconds: number;
  /** Most that can be lost when only backups are left: from the start of one to the end of the next, which has to be seen to be due. */
  worstSeconds: number;
}

/**
 * The recovery point that backups keep.
 *
 * @param shardBytes of one shard, one copy
 */
export function backupTimes(
  shards: number,
  shardBytes: number,
  bytesPerSecond: number,
  intervalSeconds: number,
): BackupTimes {
  const shardSeconds = shardBytes / bytesPerSecond + shardBytes * forkSecondsPerByte;
  const shardsPerCall = Math.min(shards, Math.floor(controllerTiming.mostBackupSeconds / shardSeconds));
  const calls = Math.ceil(shards / shardsPerCall);
  const backupSeconds = shards * shardSeconds + (calls - 1) * betweenTurnsSeconds;
  // The next one begins when it is due and somebody looks, or after the last turn of this one.
  const apart = Math.max(intervalSeconds + longestLookGapSeconds, backupSeconds + betweenTurnsSeconds);
  return { shardSeconds, shardsPerCall, calls, backupSeconds, worstSeconds: apart + backupSeconds };
}
