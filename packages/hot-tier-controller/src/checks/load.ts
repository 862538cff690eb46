import { setTimeout as sleep } from "node:timers/promises";
import keySlot from "cluster-key-slot";
import { Cluster } from "iovalkey";
import { within } from "../cluster/connections.ts";
import type { ConnectionSettings } from "../cluster/connections.ts";
import { Latencies } from "./latencies.ts";
import { splitAddress } from "./places.ts";
import { countError } from "./round-trips.ts";

export type Operation = "GET" | "SET";

/** How much load, and of what kind. */
export interface LoadOptions {
  readonly seconds: number;
  /** Clients at once, each with its own connections and one request under way. */
  readonly clients: number;
  /** Commands in a request; a latency is that of the whole request. */
  readonly pipeline: number;
  readonly valueBytes: number;
  /** Share of requests that read, 0 to 1. */
  readonly readShare: number;
  /** Keys that are written before, used, and removed again. */
  readonly keys: number;
  /** Commands a second of all clients together. */
  readonly mostPerSecond: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (seconds: number, operations: number, errors: number) => void;
}

/** Where the load goes. */
export interface LoadTarget {
  /** Nodes to ask for the cluster's map. */
  readonly seeds: readonly string[];
  readonly login: ConnectionSettings;
  /** Zone of the primary that owns a slot. */
  readonly zoneOfSlot: (slot: number) => string;
}

export interface LoadReport {
  readonly seconds: number;
  readonly operations: number;
  /** Reads of keys that were not there: evicted meanwhile. */
  readonly misses: number;
  readonly errors: ReadonlyMap<string, number>;
  /** Part of the time in which this process itself had something to do: near 1, it measured itself. */
  readonly busyShare: number;
  /** Latencies by operation and zone of the primary. */
  readonly latencies: readonly {
    readonly operation: Operation;
    readonly zone: string;
    readonly latencies: Latencies;
  }[];
}

const progressEveryMs = 5_000;
const expirySeconds = 3_600;
const timeoutMs = 1_000;
/** A client that finds no node keeps its commands for ever; a request never waits that long. */
const requestTimeoutMs = 3 * timeoutMs;
const pauseAfterErrorMs = 20;
const mostClearingMs = 10_000;

/**
 * Keeps some clients reading and writing through the cluster client for a while. Each sends its next request when it has the
 * answer to the last one, as redis-benchmark does, so that the latencies may be compared with its. Leaves no key behind.
 */
export async function runLoad(target: LoadTarget, options: LoadOptions): Promise<LoadReport> {
  const clients = Array.from({ length: options.clients }, () => connectCluster(target));
  const load = new Load(target, options, clients);
  try {
    await load.fill();
    return await load.run();
  } finally {
    await load.clear();
    clients.forEach((client) => client.disconnect());
  }
}

class Load {
  readonly #options: LoadOptions;
  readonly #clients: readonly Cluster[];
  readonly #value: Buffer;
  /** Keys that share a tag share a slot, and so a request. */
  readonly #tags: readonly string[];
  readonly #zones: readonly string[];
  readonly #latencies = new Map<string, { operation: Operation; zone: string; latencies: Latencies }>();
  readonly #errors = new Map<string, number>();
  #operations = 0;
  #misses = 0;
  #failures = 0;
  #taken = 0;
  #startedMs = 0;
  #endMs = 0;

  constructor(target: LoadTarget, options: LoadOptions, clients: readonly Cluster[]) {
    this.#options = options;
    this.#clients = clients;
    this.#value = Buffer.alloc(options.valueBytes, "v");
    const run = `mrgc-bench-${process.pid}-${Date.now().toString(36)}`;
    this.#tags = Array.from({ length: Math.ceil(options.keys / options.pipeline) }, (_, tag) => `{${run}-${tag}}`);
    this.#zones = this.#tags.map((tag) => target.zoneOfSlot(keySlot(tag)));
  }

  /** Writes every key once, outside of the measurement. Whatever happens later, they expire within the hour. */
  async fill(): Promise<void> {
    this.#begin();
    for (let tag = 0; tag < this.#tags.length && !this.#stopped(); tag += this.#clients.length) {
      await this.#turn(this.#clients.length * this.#options.pipeline);
      const some = this.#clients.slice(0, this.#tags.length - tag);
      await Promise.all(some.map((client, index) => this.#request(client, tag + index, "SET")));
      if (this.#failures === this.#operations) {
        throw new Error(`no key can be written: ${[...this.#errors.keys()].join("; ")}`);
      }
    }
    this.#latencies.clear();
    this.#operations = 0;
  }

  async run(): Promise<LoadReport> {
    const { seconds, onProgress } = this.#options;
    this.#begin();
    this.#endMs = this.#startedMs + seconds * 1_000;
    const utilization = performance.eventLoopUtilization();
    const elapsed = (): number => (performance.now() - this.#startedMs) / 1_000;
    const ticker = setInterval(() => onProgress?.(elapsed(), this.#operations, this.#failures), progressEveryMs);
    try {
      await Promise.all(this.#clients.map((client) => this.#work(client)));
    } finally {
      clearInterval(ticker);
    }
    return {
      seconds: elapsed(),
      operations: this.#operations,
      misses: this.#misses,
      errors: this.#errors,
      busyShare: performance.eventLoopUtilization(utilization).utilization,
      latencies: [...this.#latencies.values()],
    };
  }

  /** Removes every key. Where nodes do not answer it ends after ten seconds: what is left expires by itself. */
  async clear(): Promise<void> {
    const deadline = performance.now() + mostClearingMs;
    let failed = false;
    for (let tag = 0; tag < this.#tags.length; tag += this.#clients.length) {
      const some = this.#clients.slice(0, this.#tags.length - tag);
      const removed = await Promise.allSettled(
        some.map((client, index) => within(requestTimeoutMs, client.unlink(...this.#keys(tag + index)), "UNLINK")),
      );
      failed ||= removed.some(({ status }) => status === "rejected");
      if (failed && performance.now() > deadline) {
        return;
      }
    }
  }

  async #work(client: Cluster): Promise<void> {
    while (performance.now() < this.#endMs && !this.#stopped()) {
      await this.#turn(this.#options.pipeline);
      const operation = Math.random() < this.#options.readShare ? "GET" : "SET";
      const failures = this.#failures;
      await this.#request(client, Math.floor(Math.random() * this.#tags.length), operation);
      if (this.#failures > failures) {
        await sleep(pauseAfterErrorMs);
      }
    }
  }

  async #request(client: Cluster, tag: number, operation: Operation): Promise<void> {
    const keys = this.#keys(tag);
    const pipeline = client.pipeline();
    keys.forEach((key) =>
      operation === "GET" ? pipeline.getBuffer(key) : pipeline.set(key, this.#value, "EX", expirySeconds),
    );
    const started = performance.now();
    try {
      const replies = (await within(requestTimeoutMs, pipeline.exec(), operation)) ?? [];
      const tookMs = performance.now() - started;
      const failed = replies.filter(([error]) => error !== null);
      failed.forEach(([error]) => this.#fail(error));
      this.#misses += replies.filter(([error, reply]) => error === null && reply === null).length;
      this.#operations += keys.length;
      if (failed.length === 0) {
        this.#latenciesOf(operation, this.#zones[tag] ?? "").record(tookMs);
      }
    } catch (error) {
      this.#operations += keys.length;
      keys.forEach(() => this.#fail(error));
    }
  }

  #fail(error: unknown): void {
    this.#failures += 1;
    countError(this.#errors, error);
  }

  #latenciesOf(operation: Operation, zone: string): Latencies {
    const key = `${operation} ${zone}`;
    const known = this.#latencies.get(key) ?? { operation, zone, latencies: new Latencies() };
    this.#latencies.set(key, known);
    return known.latencies;
  }

  #keys(tag: number): string[] {
    return Array.from({ length: this.#options.pipeline }, (_, index) => `${this.#tags[tag]}:${index}`);
  }

  #begin(): void {
    this.#startedMs = performance.now();
    this.#taken = 0;
  }

  /** Waits until this many commands more are within the rate. */
  async #turn(commands: number): Promise<void> {
    this.#taken += commands;
    const dueMs = this.#startedMs + (1_000 * (this.#taken - commands)) / this.#options.mostPerSecond;
    const waitMs = dueMs - performance.now();
    if (waitMs >= 1) {
      await sleep(waitMs);
    }
  }

  #stopped(): boolean {
    return this.#options.signal?.aborted === true;
  }
}

function connectCluster({ seeds, login }: LoadTarget): Cluster {
  const { username, password, tls } = login;
  const cluster = new Cluster(
    seeds.map((seed) => splitAddress(seed)),
    {
      // Certificates name addresses: a name that is looked up again would not fit them.
      dnsLookup: (address, callback) => callback(null, address),
      slotsRefreshInterval: 1_000,
      slotsRefreshTimeout: 2 * timeoutMs,
      // What fails is counted, and not tried again behind the measurement's back; redirections are followed as ever.
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      clusterRetryStrategy: (times) => (times > 10 ? null : 100),
      redisOptions: {
        connectTimeout: timeoutMs,
        commandTimeout: timeoutMs,
        maxRetriesPerRequest: 1,
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
        ...(tls === undefined ? {} : { tls: tls.ca === undefined ? {} : { ca: tls.ca } }),
      },
    },
  );
  // Errors reach the caller through its command; without a listener they would end the process.
  cluster.on("error", () => {});
  return cluster;
}
