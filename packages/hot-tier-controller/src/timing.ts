/** A lease outlives a Lambda function's minute between two calls, and a crash costs no more than `leaseTakeover` of it. */
export const leaseLengthMs = 20_000;

/** Times the lease's length that another controller watches it stand still: the owner counts from before its call, the other from after. */
export const leaseTakeover = 1.5;

/** Longest call for the lease: its two calls together leave time to renew it after one that hung. */
export const leaseCallMs = 6_000;

/** Longest wait between two passes when nothing happens. */
export const waitForEventsSeconds = 10;

/** Longest wait after a pass that did something, or found a primary that does not answer: the next step is usually due. */
export const waitAfterWorkSeconds = 1;

/** The schedule calls the function every minute: a call works until shortly before the next one. */
export const workMs = 50_000;

/**
 * How long one turn of a backup may take in the function: with the work of the call before it, within Lambda's 900 s. Shards that do not
 * fit are left to the next call.
 */
export const mostBackupSeconds = 780;

/** How much longer a shard's file may take before it is given up, so that its parts are dropped while the call still lives. */
export const backupGraceSeconds = 40;

/** How long a machine on its way into the warm pool has for its programs, before the hook that holds it there is completed. */
export const warmBootMs = 300_000;

/** Between two looks at the warm pools. */
export const warmLookMs = 60_000;
