import { connect as connectPlain } from "node:net";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ConnectionSettings } from "../cluster/connections.ts";

const timeoutMs = 120_000;
const lineLimit = 4_096;

/**
 * A node's data as an RDB stream, taken like a new replica takes it: the node forks once and sends its memory. Nothing is
 * written to its disk and no agent is needed on it. No client library offers this, so these few words of the protocol are ours.
 *
 * @param valkeyVersion `valkey_version` of the node's INFO; undefined for Redis
 * @throws Error of the node's own words, when it refuses; or when the stream ends early
 */
export async function* snapshot(
  address: string,
  settings: ConnectionSettings,
  valkeyVersion?: string,
): AsyncGenerator<Buffer> {
  const colon = address.lastIndexOf(":");
  const endpoint = { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
  const socket: Socket =
    settings.tls === undefined
      ? connectPlain(endpoint)
      : connectTls({ ...endpoint, ...(settings.tls.ca === undefined ? {} : { ca: settings.tls.ca }) });
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`${address} sent nothing for ${timeoutMs} ms`)));
  try {
    const commands = [
      ...(settings.password === undefined ? [] : [["AUTH", settings.username ?? "default", settings.password]]),
      ["REPLCONF", "capa", "eof"],
      // Valkey writes for the oldest version that it knows unless told otherwise, and that cannot hold expiring hash fields.
      ...(valkeyVersion === undefined ? [] : [["REPLCONF", "version", valkeyVersion]]),
      ["PSYNC", "?", "-1"],
    ];
    yield* payload(socket, commands.map(encode), address);
  } finally {
    socket.destroy();
  }
}

function encode(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;
}

async function* payload(socket: Socket, commands: readonly string[], address: string): AsyncGenerator<Buffer> {
  let sent = 0;
  // One command after the other: a server refuses PSYNC as long as another reply is under way.
  const sendNext = (): void => void socket.write(commands[sent++] ?? "");
  sendNext();
  let head: Buffer | undefined = Buffer.alloc(0);
  let mark: Buffer | undefined;
  let left = 0;
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    let data = chunk;
    if (head !== undefined) {
      head = Buffer.concat([head, chunk]);
      const begin = parseHead(head, commands.length, address);
      if ("replies" in begin) {
        while (sent <= begin.replies && sent < commands.length) {
          sendNext();
        }
        continue;
      }
      data = head.subarray(begin.at);
      head = undefined;
      mark = begin.mark;
      left = begin.size;
    }
    if (mark === undefined) {
      yield data.subarray(0, left);
      left -= data.length;
      if (left <= 0) {
        return;
      }
      continue;
    }
    // The end mark may be split over chunks: the last bytes are held back.
    const joined: Buffer = Buffer.concat([tail, data]);
    if (joined.length >= mark.length && joined.subarray(-mark.length).equals(mark)) {
      yield joined.subarray(0, -mark.length);
      return;
    }
    const held = Math.min(mark.length, joined.length);
    yield joined.subarray(0, joined.length - held);
    tail = joined.subarray(joined.length - held);
  }
  throw new Error(`${address} closed the connection before its snapshot was complete`);
}

/** What the head of the stream says: how many replies came, or where the data begins and how it ends. */
type Head = { readonly replies: number } | { readonly at: number; readonly size: number; readonly mark?: Buffer };

/** The status replies, then `$<size>` or `$EOF:<mark>`; empty lines keep the connection alive while the node forks. */
function parseHead(head: Buffer, commands: number, address: string): Head {
  let at = 0;
  let replies = 0;
  for (;;) {
    const end = head.indexOf("\n", at);
    if (end < 0) {
      if (head.length - at > lineLimit) {
        throw new Error(`${address} did not answer like a server`);
      }
      return { replies };
    }
    const line = head.subarray(at, end).toString("latin1").trim();
    at = end + 1;
    if (line.startsWith("-")) {
      throw new Error(`${address} gives no snapshot: ${line.slice(1)}`);
    }
    if (line.startsWith("+")) {
      replies += 1;
    } else if (line.startsWith("$EOF:")) {
      return { at, size: 0, mark: Buffer.from(line.slice(5), "latin1") };
    } else if (line.startsWith("$") && replies === commands) {
      return { at, size: Number(line.slice(1)) };
    }
  }
}
