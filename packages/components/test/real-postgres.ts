import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { appendFileSync, existsSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

const installations = "/usr/lib/postgresql";

/** The newest PostgreSQL that is installed, such as `17`. */
export const postgresVersion = existsSync(installations) ? readdirSync(installations).sort().at(-1) : undefined;

/** Where it is in Debian: not everybody's PATH has the folder. */
const runuser = "/usr/sbin/runuser";

/** Why no PostgreSQL can be started here; empty when it can. PostgreSQL refuses to run as root, and `runuser` needs root. */
export const cannotRunPostgres =
  postgresVersion === undefined
    ? "no PostgreSQL is installed (apt-get install postgresql)"
    : process.getuid?.() === 0
      ? ""
      : "only root can start it as the user postgres";

/** Runs one of PostgreSQL's programs as Debian's own user. */
export function postgresProgram(name: string, ...args: string[]): void {
  execFileSync(runuser, asPostgres(name, args));
}

function asPostgres(name: string, args: string[]): string[] {
  return ["-u", "postgres", "--", join(installations, postgresVersion ?? "", "bin", name), ...args];
}

/** A server on loopback that trusts everybody, with the superuser `dbadmin`. */
export class RealPostgres {
  readonly port: number;
  readonly data: string;
  readonly #process: ChildProcess;

  private constructor(data: string, port: number, process: ChildProcess) {
    this.data = data;
    this.port = port;
    this.#process = process;
  }

  /** Makes an empty database cluster. @param data folder that user `postgres` may write the parent of */
  static initialize(data: string): void {
    postgresProgram("initdb", "-D", data, "-A", "trust", "-U", "dbadmin");
  }

  /**
   * Starts a server on a database cluster and waits until it answers.
   *
   * @param settings lines for `postgresql.conf`, such as `fsync = off`
   */
  static async start(data: string, settings: string[]): Promise<RealPostgres> {
    appendFileSync(
      join(data, "postgresql.conf"),
      ["fsync = off", `unix_socket_directories = '${data}'`, ...settings, ""].join("\n"),
    );
    const port = await freePort();
    const process = spawn(runuser, asPostgres("postgres", ["-D", data, "-p", String(port)]), { stdio: "ignore" });
    const server = new RealPostgres(data, port, process);
    await until(() => server.query("SELECT 1"));
    return server;
  }

  async query(text: string, database = "postgres", user = "dbadmin"): Promise<pg.QueryResult> {
    const client = new pg.Client({ host: "127.0.0.1", port: this.port, database, user });
    await client.connect();
    try {
      return await client.query(text);
    } finally {
      await client.end();
    }
  }

  /** Stops at once, as a machine that loses its power. */
  stop(): void {
    postgresProgram("pg_ctl", "-D", this.data, "-m", "immediate", "stop");
    this.#process.kill();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => {
        resolve(port);
      });
    });
  });
}

/** Asks until there is no error. @throws the last error, after a while */
export async function until(ready: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await ready();
      return;
    } catch (error) {
      if (attempt > 300) {
        throw error;
      }
      await sleep(100);
    }
  }
}
