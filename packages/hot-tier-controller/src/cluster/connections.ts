import { Redis } from "iovalkey";

/** How to reach the servers. */
export interface ConnectionSettings {
  readonly username?: string;
  readonly password?: string;
  /** TLS with the system's authorities, or with a private one (PEM). */
  readonly tls?: { readonly ca?: string };
  /** Longest wait for an answer, in milliseconds: longer than that is down. Default 1,000. */
  readonly timeoutMs?: number;
}

/** A command's words; numbers are sent as text. */
export type Word = string | number | Buffer;

/**
 * One plain connection a node, opened at first use and dropped after an error, so that the next pass tries anew.
 * The library's cluster mode is not used: a controller asks each node for its own view (`docs/decisions/032-client-and-lease.md`).
 */
export class Connections {
  readonly #open = new Map<string, Redis>();
  /** Why a connection broke: to its commands the library says only that it is closed. */
  readonly #problems = new Map<string, string>();
  readonly #settings: ConnectionSettings;

  constructor(settings: ConnectionSettings = {}) {
    this.#settings = settings;
  }

  /**
   * Sends a command to one node.
   *
   * @param timeoutMs for commands that may take longer than a look, such as `MIGRATE`
   * @throws Error of the server's own words, or of the connection
   */
  async send(address: string, ...words: Word[]): Promise<unknown> {
    const [command = "", ...args] = words;
    try {
      return await this.#client(address).call(String(command), ...args);
    } catch (error) {
      if (isReply(error)) {
        throw error;
      }
      this.drop(address);
      const problem = this.#problems.get(address);
      throw problem === undefined ? error : new Error(problem, { cause: error });
    }
  }

  /** Like `send`, with the reply as text. */
  async text(address: string, ...words: Word[]): Promise<string> {
    return String(await this.send(address, ...words));
  }

  /** Sends several commands in one round trip; each result is a reply or an Error. */
  async pipeline(address: string, commands: readonly (readonly Word[])[]): Promise<unknown[]> {
    const pipeline = this.#client(address).pipeline();
    for (const [command = "", ...args] of commands) {
      pipeline.call(String(command), ...args);
    }
    const results = (await pipeline.exec()) ?? [];
    return results.map(([error, reply]) => error ?? reply);
  }

  /** Like `pipeline`, with replies as bytes: names of keys need not be text. Throws the first error. */
  async pipelineOfBuffers(address: string, commands: readonly (readonly Word[])[]): Promise<unknown[]> {
    const pipeline = this.#client(address).pipeline();
    for (const [command = "", ...args] of commands) {
      pipeline.callBuffer(String(command), ...args);
    }
    return ((await pipeline.exec()) ?? []).map(([error, reply]) => {
      if (error !== null) {
        throw error;
      }
      return reply;
    });
  }

  drop(address: string): void {
    this.#open.get(address)?.disconnect();
    this.#open.delete(address);
  }

  /** Closes all connections. */
  close(): void {
    for (const address of [...this.#open.keys()]) {
      this.drop(address);
    }
  }

  #client(address: string): Redis {
    const known = this.#open.get(address);
    if (known !== undefined && known.status !== "end") {
      return known;
    }
    const colon = address.lastIndexOf(":");
    const { tls, username, password, timeoutMs = 1_000 } = this.#settings;
    const client = new Redis({
      host: address.slice(0, colon),
      port: Number(address.slice(colon + 1)),
      connectTimeout: timeoutMs,
      commandTimeout: Math.max(timeoutMs, 1_000) * 30,
      maxRetriesPerRequest: 0,
      // The library would hold commands back from a server that loads its data; what such a server answers is what we ask for.
      enableReadyCheck: false,
      retryStrategy: () => null,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(tls === undefined ? {} : { tls: tls.ca === undefined ? {} : { ca: tls.ca } }),
    });
    // Errors reach the caller through its command; without a listener they would end the process.
    client.on("error", (error: NodeJS.ErrnoException) =>
      this.#problems.set(address, error.message === "" ? (error.code ?? error.name) : error.message),
    );
    this.#problems.delete(address);
    this.#open.set(address, client);
    return client;
  }
}

/** Whether an error is the server's answer and not a broken connection. */
export function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === "ReplyError";
}

/** Ends a wait that takes longer than `timeoutMs`. The command itself is not recalled. */
export async function within<Result>(timeoutMs: number, work: Promise<Result>, what: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer in ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}
