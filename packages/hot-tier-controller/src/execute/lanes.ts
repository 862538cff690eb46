/**
 * How many moves have a job under way at the same time: half as many as soon as clients wait too long beside others, and one
 * more after as many good jobs as there are lanes. Nodes that share a machine or a network slow each other down.
 */
export class Lanes {
  readonly #most: number;
  #width: number;
  #busy = 0;
  #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.#most = Math.max(1, most);
    this.#width = this.#most;
  }

  /** Jobs that may be under way now. */
  get width(): number {
    return Math.floor(this.#width);
  }

  /** Waits until one more job may begin. */
  async enter(): Promise<void> {
    while (this.#busy >= this.width) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#busy += 1;
  }

  /** @param slow whether clients waited too long during the job */
  leave(slow: boolean): void {
    const alone = this.#busy === 1;
    this.#busy -= 1;
    if (!slow) {
      this.#width = Math.min(this.#most, this.#width + 1 / this.width);
    } else if (!alone) {
      this.#width = Math.max(1, this.width / 2);
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    waiting.forEach((wake) => wake());
  }
}
