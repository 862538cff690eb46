import { setTimeout as sleep } from "node:timers/promises";
import { ClusterUnderTest } from "../../packages/hot-tier-controller/test/support/cluster-under-test.ts";
import { fillPlain } from "../../packages/hot-tier-controller/test/support/data.ts";
import type { Server } from "../../packages/hot-tier-controller/test/support/servers.ts";

/** A cluster on loopback with keys of 100 bytes. */
export async function filledCluster(server: Server, shards: number, keys: number): Promise<ClusterUnderTest> {
  const cluster = await ClusterUnderTest.start(server, shards);
  await cluster.untilRest();
  await fillPlain(await cluster.primaries(), keys);
  return cluster;
}

/** The value below which the share `q` of the numbers lies. */
export function quantile(numbers: readonly number[], q: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** How late this process itself is woken: what it adds to every time that it measures. */
export class DriverDelay {
  readonly delaysMs: number[] = [];
  #on = true;
  readonly #done: Promise<void>;

  constructor() {
    this.#done = this.#run();
  }

  async stop(): Promise<number[]> {
    this.#on = false;
    await this.#done;
    return this.delaysMs;
  }

  async #run(): Promise<void> {
    while (this.#on) {
      const started = performance.now();
      await sleep(10);
      this.delaysMs.push(performance.now() - started - 10);
    }
  }
}
