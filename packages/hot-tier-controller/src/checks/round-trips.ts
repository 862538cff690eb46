import { lookup } from "node:dns/promises";
import { connect } from "node:net";
import { within } from "../cluster/connections.ts";
import type { Connections } from "../cluster/connections.ts";
import { Latencies } from "./latencies.ts";
import { splitAddress } from "./places.ts";

/** Round trips to one address, one after the other: nothing of this process waits in between. */
export interface RoundTrips {
  readonly address: string;
  readonly latencies: Latencies;
  /** What went wrong, by its words. */
  readonly errors: ReadonlyMap<string, number>;
}

export interface RoundTripOptions {
  readonly count: number;
  /** Longest wait for one, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends it early; what was measured until then stays. */
  readonly signal?: AbortSignal | undefined;
}

/** Time until a TCP connection stands: one round trip, and no server program in it. Each is closed at once. */
export function connectTimes(address: string, options: RoundTripOptions): Promise<RoundTrips> {
  const { host, port } = splitAddress(address);
  return repeat(address, options, () => connectOnce(host, port, options.timeoutMs));
}

/** Time of a `PING` over a connection that stands: a round trip, TLS and the server's own turn. */
export async function echoTimes(
  address: string,
  connections: Connections,
  options: RoundTripOptions,
): Promise<RoundTrips> {
  const ping = (): Promise<unknown> => within(options.timeoutMs, connections.send(address, "PING"), "PING");
  // The first one opens the connection and logs in.
  await ping().catch(() => {});
  return repeat(address, options, ping);
}

/** All addresses of an endpoint: a load balancer has one a zone. */
export async function resolveEndpoint(endpoint: string): Promise<string[]> {
  const { host, port } = splitAddress(endpoint);
  const found = await lookup(host, { all: true, family: 4 });
  return found.map(({ address }) => `${address}:${port}`).sort();
}

/** Adds one to the count of what an error says. */
export function countError(errors: Map<string, number>, error: unknown): void {
  const what = error instanceof Error ? (error.message === "" ? error.name : error.message) : String(error);
  errors.set(what, (errors.get(what) ?? 0) + 1);
}

async function repeat(
  address: string,
  { count, signal }: RoundTripOptions,
  once: () => Promise<unknown>,
): Promise<RoundTrips> {
  const latencies = new Latencies();
  const errors = new Map<string, number>();
  // A target that has never answered is not asked again and again, each time with a long wait.
  const mostErrors = 3;
  for (let round = 0; round < count && signal?.aborted !== true; round++) {
    const started = performance.now();
    try {
      await once();
      latencies.record(performance.now() - started);
    } catch (error) {
      countError(errors, error);
      if (latencies.count === 0 && round + 1 >= mostErrors) {
        break;
      }
    }
  }
  return { address, latencies, errors };
}

function connectOnce(host: string, port: number, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const timer = setTimeout(() => socket.destroy(new Error(`no connection in ${timeoutMs} ms`)), timeoutMs);
    socket.once("connect", () => {
      clearTimeout(timer);
      resolve();
      // An orderly end would keep the port in TIME_WAIT: many thousands of probes would use them up.
      socket.resetAndDestroy();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(new Error(error.code ?? error.message, { cause: error }));
    });
  });
}
