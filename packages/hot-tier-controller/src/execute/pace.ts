/** Bounds of how many slots one job moves. */
export interface PaceSettings {
  /** Latency that clients should not see exceeded, in milliseconds. Default 20 (the aim at p99.9). */
  readonly latencyMs: number;
  /** Bytes a second that one move may take of the network. */
  readonly bytesPerSecond: number;
  readonly firstSlots: number;
  /** A job costs a fork and a hand-over whatever its size: smaller ones than this only make the move longer. */
  readonly fewestSlots: number;
  readonly mostSlots: number;
}

export const defaultPace: PaceSettings = {
  latencyMs: 20,
  bytesPerSecond: 200_000_000,
  firstSlots: 32,
  fewestSlots: 8,
  mostSlots: 512,
};

/**
 * How many slots to move next: a little more while the source answers fast, half as many as soon as it does not. Also
 * how long to pause, so that the bytes stay within the budget.
 */
export class Pace {
  slots: number;
  readonly #settings: PaceSettings;

  constructor(settings: PaceSettings) {
    this.#settings = settings;
    this.slots = settings.firstSlots;
  }

  /**
   * @param worstMs the slowest answer seen during the job
   * @param bytes what the job moved
   * @param tookMs how long it took
   * @returns milliseconds to wait before the next job
   */
  after(worstMs: number, bytes: number, tookMs: number): number {
    const { latencyMs, bytesPerSecond, fewestSlots, mostSlots } = this.#settings;
    if (worstMs > latencyMs) {
      this.slots = Math.max(fewestSlots, Math.floor(this.slots / 2));
    } else if (worstMs < latencyMs / 2) {
      this.slots = Math.min(mostSlots, this.slots + Math.max(1, Math.floor(this.slots / 2)));
    }
    return Math.max(0, (bytes / bytesPerSecond) * 1_000 - tookMs);
  }
}
