import { setTimeout as sleep } from "node:timers/promises";

const wakeEveryMs = 10;

/** How late this process itself is woken: what it adds to every time that it measures. */
class DriverDelay {
  readonly #delaysMs: number[] = [];
  #on = true;
  readonly #done: Promise<void>;

  constructor() {
    this.#done = this.#run();
  }

  /** Milliseconds that it was woken too late, each time. */
  async stop(): Promise<number[]> {
    this.#on = false;
    await this.#done;
    return this.#delaysMs;
  }

  async #run(): Promise<void> {
    while (this.#on) {
      const started = performance.now();
      await sleep(wakeEveryMs);
      this.#delaysMs.push(performance.now() - started - wakeEveryMs);
    }
  }
}

/** Does some work, and adds how late the driver was woken meanwhile to `delaysMs`. */
export async function watched<Result>(delaysMs: number[], work: () => Promise<Result>): Promise<Result> {
  const delay = new DriverDelay();
  try {
    return await work();
  } finally {
    delaysMs.push(...(await delay.stop()));
  }
}

/** Lines that say how far a part is, and how long the rest of it takes at this pace. */
export class Progress {
  readonly #name: string;
  readonly #total: number;
  readonly #started = performance.now();
  #done = 0;

  constructor(name: string, total: number) {
    this.#name = name;
    this.#total = total;
  }

  step(what: string): void {
    this.#done += 1;
    const elapsed = (performance.now() - this.#started) / 1_000;
    const left = (elapsed / this.#done) * (this.#total - this.#done);
    say(`${this.#name} ${this.#done} of ${this.#total}: ${what}; about ${Math.ceil(left)} s left`);
  }
}

export function say(text: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)}  ${text}\n`);
}
