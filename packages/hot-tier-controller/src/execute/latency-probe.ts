import { setTimeout as sleep } from "node:timers/promises";
import calculateSlot from "cluster-key-slot";
import type { Connections } from "../cluster/connections.ts";

const pauseMs = 2;

/**
 * Asks a node again and again how fast it answers a write to a slot that is being moved: servers hold writes back, and only
 * writes, while they hand slots over. The write is a `PERSIST` of a key that is not there, which changes nothing.
 *
 * The destination is asked too, only to keep it awake: Valkey 9 tells the others that it has the slots when its event loop
 * turns next, and a new shard without clients sleeps up to 100 ms, for which writes at the source would wait.
 */
export class LatencyProbe {
  /** The slowest answer until now, in milliseconds. */
  worstMs = 0;
  /** Whether the node has said that the slot is another's. */
  moved = false;
  readonly #connections: Connections;
  readonly #address: string;
  readonly #key: string;
  readonly #done: Promise<unknown>;
  #on = true;

  constructor(connections: Connections, address: string, destination: string, slot: number) {
    this.#connections = connections;
    this.#address = address;
    this.#key = keyOfSlot(slot);
    this.#done = Promise.all([this.#run(), this.#keepAwake(destination)]);
  }

  /** Waits for `ms`, or only until the slot has moved. */
  async wait(ms: number): Promise<void> {
    const until = performance.now() + ms;
    do {
      await sleep(pauseMs);
    } while (!this.moved && performance.now() < until);
  }

  async stop(): Promise<void> {
    this.#on = false;
    await this.#done;
  }

  async #keepAwake(address: string): Promise<void> {
    while (this.#on) {
      try {
        await this.#connections.send(address, "PING");
      } catch {
        return;
      }
      await sleep(pauseMs);
    }
  }

  async #run(): Promise<void> {
    while (this.#on) {
      const started = performance.now();
      try {
        await this.#connections.send(this.#address, "PERSIST", this.#key);
      } catch (error) {
        if (!(error instanceof Error) || !/^(MOVED|ASK|TRYAGAIN|NOREPLICAS)/.test(error.message)) {
          return;
        }
        this.moved ||= error.message.startsWith("MOVED");
      }
      this.worstMs = Math.max(this.worstMs, performance.now() - started);
      await sleep(pauseMs);
    }
  }
}

/** A key that nobody uses, of a slot. */
export function keyOfSlot(slot: number): string {
  for (let serial = 0; ; serial++) {
    const key = `mrgc:probe:${serial}`;
    if (calculateSlot(key) === slot) {
      return key;
    }
  }
}
