/** Bounds of how much is moved at once. */
export interface PaceSettings {
  /**
   * Wait of a write, in milliseconds, above which jobs get smaller. Default 12: sizes swing around it, and clients should see less
   * than 20 at p99.9. With 20 they saw 21.6 (five moves, benchmarks/hot-tier).
   */
  readonly latencyMs: number;
  /** Bytes a second that one move may take of the network. */
  readonly bytesPerSecond: number;
  /** An atomic job costs a fork and a hand-over whatever its size: with fewer keys than these it only makes the move longer. */
  readonly fewestJobKeys: number;
  readonly mostSlots: number;
  /** Keys of one round trip of `MIGRATE`, during which the source answers nobody. */
  readonly fewestKeys: number;
  readonly mostKeys: number;
}

export const defaultPace: PaceSettings = {
  latencyMs: 12,
  bytesPerSecond: 200_000_000,
  fewestJobKeys: 1_000,
  mostSlots: 512,
  fewestKeys: 10,
  mostKeys: 500,
};

/** What is known of a source before its first job. */
export interface PaceStart {
  readonly keysPerSlot: number;
  /** How long its last fork stalled it. */
  readonly forkMs: number;
}

/** Keys that a source hands over and deletes in a millisecond: 6,250 small ones took 15 to 30 ms. The first guess only. */
const keysPerMs = 250;
const firstKeys = 50;

/**
 * A size that follows what clients see: a little more while they wait for less than half of the aim, half after they waited too
 * long twice in a row. Once may be a hiccup of the machine that no smaller size would have prevented.
 */
class FollowingSize {
  now: number;
  readonly #fewest: number;
  readonly #most: number;
  #hiccup = false;
  #tooMuch = false;

  constructor(first: number, fewest: number, most: number) {
    this.#fewest = fewest;
    this.#most = most;
    this.now = this.#within(first);
  }

  after(waitedMs: number, aimMs: number): void {
    const again = this.#hiccup;
    this.#hiccup = waitedMs > aimMs && !again;
    if (waitedMs > aimMs && again) {
      this.#tooMuch = true;
      this.now = this.#within(this.now / 2);
    } else if (waitedMs < aimMs / 2) {
      // In small steps once the limit was met.
      this.now = this.#within(this.now + Math.max(1, this.now / (this.#tooMuch ? 8 : 2)));
    }
  }

  #within(size: number): number {
    return Math.min(this.#most, Math.max(this.#fewest, Math.floor(size)));
  }
}

/** How much to move next from one source, and how long to pause so that the bytes stay within the budget. */
export class Pace {
  readonly #settings: PaceSettings;
  readonly #slots: FollowingSize;
  readonly #keys: FollowingSize;

  constructor(settings: PaceSettings, { keysPerSlot, forkMs }: PaceStart) {
    const { latencyMs, fewestJobKeys, mostSlots, fewestKeys, mostKeys } = settings;
    const keys = Math.max(1, keysPerSlot);
    const first = (Math.max(latencyMs, forkMs) * keysPerMs) / 2 / keys;
    const fewestSlots = Math.min(mostSlots, Math.ceil(fewestJobKeys / keys));
    this.#settings = settings;
    this.#slots = new FollowingSize(first, fewestSlots, mostSlots);
    this.#keys = new FollowingSize(firstKeys, fewestKeys, mostKeys);
  }

  /** Slots of the next job. */
  get slots(): number {
    return this.#slots.now;
  }

  /** Keys of the next round trip of `MIGRATE`. */
  get keys(): number {
    return this.#keys.now;
  }

  /**
   * Learns from an atomic job. What its fork cost depends on the whole node and not on the job: it is no reason for smaller jobs, and
   * where it is more than the aim, jobs that stall the source for less than their fork would only mean more forks.
   *
   * @param worstMs the slowest answer to a write during the job
   * @returns whether clients waited too long
   */
  afterJob(worstMs: number, forkMs: number): boolean {
    const aimMs = Math.max(this.#settings.latencyMs, forkMs);
    const waitedMs = Math.max(0, worstMs - forkMs);
    this.#slots.after(waitedMs, aimMs);
    return waitedMs > aimMs;
  }

  /** Learns from a round trip of `MIGRATE`: the source answered nobody else meanwhile. */
  afterKeys(tookMs: number): boolean {
    this.#keys.after(tookMs, this.#settings.latencyMs);
    return tookMs > this.#settings.latencyMs;
  }

  /** Milliseconds to wait after `bytes` that took `tookMs`. */
  pauseMs(bytes: number, tookMs: number): number {
    return Math.max(0, (bytes / this.#settings.bytesPerSecond) * 1_000 - tookMs);
  }
}
