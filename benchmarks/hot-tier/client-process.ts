import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Latencies } from "./statistics.ts";

export interface ClientAnswer {
  /** Of the writes since it was asked last. */
  readonly latencies: Latencies;
  readonly acknowledged?: number;
  readonly errors?: number;
  readonly lost?: readonly string[];
}

/** A client that writes throughout, in a process of its own. */
export class ClientProcess {
  readonly #process: ChildProcess;

  /** @param pauseMs between two writes of one writer */
  constructor(addresses: readonly string[], writers = 4, pauseMs = 2) {
    const words = [addresses.join(","), String(writers), String(pauseMs)];
    this.#process = fork(join(import.meta.dirname, "client.ts"), words, { stdio: "inherit" });
  }

  /** Latencies since the last call; the first ones of a new client, which connects and warms up, belong to nobody. */
  async take(): Promise<Latencies> {
    return (await this.#ask("take")).latencies;
  }

  /** @throws Error when an acknowledged write is not there any more */
  async finish(): Promise<{ readonly acknowledged: number; readonly errors: number }> {
    const { acknowledged = 0, errors = 0, lost = [] } = await this.#ask("finish");
    this.#process.disconnect();
    if (lost.length > 0) {
      throw new Error(`${lost.length} writes were lost: ${lost.slice(0, 3).join("; ")}`);
    }
    return { acknowledged, errors };
  }

  async #ask(order: "take" | "finish"): Promise<ClientAnswer> {
    const answer = once(this.#process, "message") as Promise<[ClientAnswer]>;
    this.#process.send(order);
    return (await answer)[0];
  }
}
