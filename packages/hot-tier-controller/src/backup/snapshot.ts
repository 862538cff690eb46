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
 * @throws Error of the node's own words, when it refuses; or when the stream ends early
 */
export async function* snapshot(address: string, settings: ConnectionSettings): AsyncGenerator<Buffer> {
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
      ["PSYNC", "?", "-1"],
    ];
    socket.write(commands.map(encode).join(""));
    yield* payload(socket, commands.length - 1, address);
  } finally {
    socket.destroy();
  }
}

function encode(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;
}

async function* payload(socket: Socket, replies: number, address: string): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  let mark: Buffer | undefined;
  let left = 0;
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    let data = chunk;
    if (head !== undefined) {
      head = Buffer.concat([head, chunk]);
      const begin = parseHead(head, replies, address);
      if (begin === undefined) {
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

/** The status replies, then `$<size>` or `$EOF:<mark>`; empty lines keep the connection alive while the node forks. */
function parseHead(
  head: Buffer,
  replies: number,
  address: string,
): { at: number; size: number; mark?: Buffer } | undefined {
  let at = 0;
  let seen = 0;
  for (;;) {
    const end = head.indexOf("\n", at);
    if (end < 0) {
      if (head.length - at > lineLimit) {
        throw new Error(`${address} did not answer like a server`);
      }
      return undefined;
    }
    const line = head.subarray(at, end).toString("latin1").trim();
    at = end + 1;
    if (line.startsWith("-")) {
      throw new Error(`${address} gives no snapshot: ${line.slice(1)}`);
    }
    if (line.startsWith("+")) {
      seen += 1;
    } else if (line.startsWith("$EOF:")) {
      return { at, size: 0, mark: Buffer.from(line.slice(5), "latin1") };
    } else if (line.startsWith("$") && seen > replies) {
      return { at, size: Number(line.slice(1)) };
    }
  }
}
