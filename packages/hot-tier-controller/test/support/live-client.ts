import { setTimeout as sleep } from "node:timers/promises";
import { Cluster } from "iovalkey";
import type { ConnectionSettings } from "../../src/cluster/connections.ts";

/** What a live client has seen. */
export interface ClientReport {
  readonly acknowledged: number;
  readonly errors: number;
  readonly lost: readonly string[];
}

/** A client that writes throughout: each key gets growing numbers, and the last acknowledged one has to be there at the end. */
export class LiveClient {
  readonly #cluster: Cluster;
  readonly #last = new Map<string, number>();
  #latencies: number[] = [];
  readonly #wait: boolean;
  readonly #pauseMs: number;
  #acknowledged = 0;
  #errors = 0;
  #on = true;
  readonly #writers: Promise<void>[];

  /**
   * @param wait whether a write counts only once a replica has it (`WAIT 1`)
   * @param login as whom, and whether by TLS
   * @param pauseMs between two writes of one writer
   */
  constructor(addresses: readonly string[], writers = 4, wait = false, login: ConnectionSettings = {}, pauseMs = 2) {
    this.#wait = wait;
    this.#pauseMs = pauseMs;
    this.#cluster = new Cluster(
      addresses.map((address) => ({ host: address.split(":")[0] ?? "", port: Number(address.split(":")[1]) })),
      {
        slotsRefreshInterval: 1_000,
        slotsRefreshTimeout: 1_000,
        clusterRetryStrategy: () => 100,
        redisOptions: { connectTimeout: 500, commandTimeout: 1_000, maxRetriesPerRequest: 1, ...login },
      },
    );
    this.#cluster.on("error", () => {});
    this.#writers = Array.from({ length: writers }, (_, writer) => this.#write(writer));
  }

  /** Milliseconds of each write since this was called last. */
  takeLatencies(): number[] {
    const taken = this.#latencies;
    this.#latencies = [];
    return taken;
  }

  /** Stops writing, reads every key back from the cluster and compares. */
  async finish(): Promise<ClientReport> {
    this.#on = false;
    await Promise.all(this.#writers);
    const lost: string[] = [];
    for (const [key, value] of this.#last) {
      const found = Number(await this.#cluster.get(key));
      if (!(found >= value)) {
        lost.push(`${key}: ${value} was acknowledged, ${found} is there`);
      }
    }
    this.#cluster.disconnect();
    return { acknowledged: this.#acknowledged, errors: this.#errors, lost };
  }

  stop(): void {
    this.#on = false;
    this.#cluster.disconnect();
  }

  async #write(writer: number): Promise<void> {
    for (let round = 1; this.#on; round++) {
      const key = `live:${writer}:${round % 500}`;
      const started = performance.now();
      try {
        await this.#set(key, round);
        this.#last.set(key, round);
        this.#acknowledged += 1;
        this.#latencies.push(performance.now() - started);
      } catch {
        this.#errors += 1;
        await sleep(20);
      }
      if (this.#pauseMs > 0) {
        await sleep(this.#pauseMs);
      }
    }
  }

  async #set(key: string, round: number): Promise<void> {
    if (!this.#wait) {
      await this.#cluster.set(key, round);
      return;
    }
    // A pipeline goes to one node: WAIT counts the replicas that have the write before it.
    const replies = (await this.#cluster.pipeline().set(key, round).call("WAIT", 1, 500).exec()) ?? [];
    const [written, waited] = replies;
    if (written?.[1] !== "OK" || !(Number(waited?.[1]) >= 1)) {
      throw new Error("no replica has the write");
    }
  }
}
