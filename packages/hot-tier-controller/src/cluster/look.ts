import { within } from "./connections.ts";
import type { Connections } from "./connections.ts";
import type { Machine } from "./fleet.ts";
import { parseClusterNodes, parseInfo } from "./parse.ts";
import type { KnownLines, NodeLine } from "./parse.ts";

/** How a server moves slots. */
export type Dialect =
  /** Valkey 9 and newer: `CLUSTER MIGRATESLOTS`, sent to the source. */
  | "valkey-atomic"
  /** Redis 8.4 and newer: `CLUSTER MIGRATION IMPORT`, sent to the destination. */
  | "redis-atomic"
  /** Older servers: `MIGRATE`, key by key. */
  | "keys";

/** What one node says about itself and the others. */
export interface Look {
  readonly machine: Machine;
  readonly self: NodeLine;
  readonly lines: readonly NodeLine[];
  readonly info: ReadonlyMap<string, string>;
  readonly keys: number;
  readonly dialect: Dialect;
  /** Running atomic moves away from this node: ids of their destinations. */
  readonly exports: readonly string[];
}

/** Why there is no look at a node: it gives no useful answer in time, or it says that it still loads its data. */
export type Silence = "silent" | "loading";

/** Asks one node; undefined when it does not answer in time or is still loading its data. */
export async function lookAt(connections: Connections, machine: Machine, timeoutMs: number): Promise<Look | undefined> {
  const answer = await ask(connections, machine, timeoutMs);
  return typeof answer === "string" ? undefined : answer;
}

/** Like `lookAt`, but says why there is no look. */
export async function ask(
  connections: Connections,
  machine: Machine,
  timeoutMs: number,
  known?: KnownLines,
): Promise<Look | Silence> {
  const { address } = machine;
  try {
    const [nodes, infoText, keys] = await within(
      timeoutMs,
      connections.pipeline(address, [["CLUSTER", "NODES"], ["INFO"], ["DBSIZE"]]),
      address,
    );
    const info = parseInfo(typeof infoText === "string" ? infoText : "");
    if (info.get("loading") === "1" || isLoading(nodes)) {
      return "loading";
    }
    if (typeof nodes !== "string" || typeof infoText !== "string" || typeof keys !== "number") {
      return "silent";
    }
    const lines = parseClusterNodes(nodes, known);
    const self = lines.find((line) => line.flags.has("myself"));
    if (self === undefined) {
      return "silent";
    }
    const dialect = dialectOf(info);
    const exports = await runningExports(connections, address, dialect, timeoutMs);
    return { machine, self, lines, info, keys, dialect, exports };
  } catch {
    connections.drop(address);
    return "silent";
  }
}

function isLoading(reply: unknown): boolean {
  return reply instanceof Error && reply.message.startsWith("LOADING");
}

/** Which way of moving slots a server of this version has. */
export function dialectOf(info: ReadonlyMap<string, string>): Dialect {
  if (info.has("valkey_version")) {
    return versionOf(info.get("valkey_version"))[0] >= 9 ? "valkey-atomic" : "keys";
  }
  const [major, minor] = versionOf(info.get("redis_version"));
  return major > 8 || (major === 8 && minor >= 4) ? "redis-atomic" : "keys";
}

/** A job of a server's atomic slot migration, as far as it matters here. */
export interface SlotMigration {
  readonly name: string;
  readonly operation: "import" | "export";
  readonly state: string;
  readonly source: string;
  readonly target: string;
  readonly message: string;
}

/** Jobs that a node takes part in, as it tells them: Valkey names the newest first. */
export async function slotMigrations(
  connections: Connections,
  address: string,
  dialect: Dialect,
): Promise<SlotMigration[]> {
  const command = dialect === "valkey-atomic" ? ["GETSLOTMIGRATIONS"] : ["MIGRATION", "STATUS", "ALL"];
  const reply = await connections.send(address, "CLUSTER", ...command);
  return (Array.isArray(reply) ? (reply as unknown[]) : []).map((job) => {
    const fields = new Map<string, string>();
    const words = Array.isArray(job) ? (job as unknown[]) : [];
    for (let index = 0; index + 1 < words.length; index += 2) {
      fields.set(String(words[index]), String(words[index + 1]));
    }
    const field = (valkey: string, redis = valkey): string => fields.get(valkey) ?? fields.get(redis) ?? "";
    return {
      name: field("name", "id"),
      operation: field("operation").toLowerCase() === "import" ? "import" : "export",
      state: field("state"),
      source: field("source_node", "source"),
      target: field("target_node", "dest"),
      message: field("message", "last_error"),
    };
  });
}

/** Whether a job has ended, one way or the other. */
export function hasEnded(job: SlotMigration): boolean {
  return /^(success|completed|failed|cancell?ed)$/.test(job.state);
}

async function runningExports(
  connections: Connections,
  address: string,
  dialect: Dialect,
  timeoutMs: number,
): Promise<string[]> {
  if (dialect === "keys") {
    return [];
  }
  const jobs = await within(timeoutMs, slotMigrations(connections, address, dialect), address);
  return jobs.filter((job) => job.operation === "export" && !hasEnded(job)).map((job) => job.target);
}

function versionOf(text: string | undefined): [number, number] {
  const [major = 0, minor = 0] = (text ?? "").split(".").map(Number);
  return [major, minor];
}
