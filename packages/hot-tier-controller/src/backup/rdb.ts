import { Crc64 } from "./crc64.ts";
import { RdbCursor, ShortError } from "./rdb-cursor.ts";

/** One key as `RESTORE` takes it. */
export interface RdbEntry {
  readonly kind: "key";
  readonly key: Buffer;
  /** A DUMP payload: type, value, version and checksum. */
  readonly payload: Buffer;
  /** Unix time in milliseconds. */
  readonly expiresAtMs?: number;
  readonly frequency?: number;
  readonly idleSeconds?: number;
}

/** A function library, as source for `FUNCTION LOAD`. */
export interface RdbFunction {
  readonly kind: "function";
  readonly source: Buffer;
}

const opcode = {
  slotInfo: 0xf4,
  function: 0xf5,
  idle: 0xf8,
  frequency: 0xf9,
  aux: 0xfa,
  sizes: 0xfb,
  expiresMs: 0xfc,
  expiresSeconds: 0xfd,
  database: 0xfe,
  end: 0xff,
} as const;

const headerLength = 9;

/**
 * Reads the keys of an RDB file as it streams by, without decoding their values. Redis 5 to 8 and Valkey 7 to 9; modules' types
 * are refused, because their length is only known to the module.
 *
 * @throws Error that says at which byte, when the file is cut off, fails its own checksum or has an unknown type.
 */
export async function* readRdb(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<RdbEntry | RdbFunction> {
  const crc = new Crc64();
  const input = chunks[Symbol.asyncIterator]();
  let buffer: Buffer = Buffer.alloc(0);
  let consumed = 0;
  let ended = false;
  const more = async (): Promise<void> => {
    // At least as much again, so that a large value is not walked over once a chunk.
    const wanted = Math.max(65_536, buffer.length);
    const pieces = [buffer];
    for (let got = 0; got < wanted && !ended;) {
      const next = await input.next();
      ended = next.done === true;
      if (next.done !== true) {
        pieces.push(Buffer.from(next.value));
        got += next.value.length;
      }
    }
    if (pieces.length === 1) {
      throw new Error(`the file is cut off after byte ${consumed + buffer.length}`);
    }
    buffer = Buffer.concat(pieces);
  };
  while (buffer.length < headerLength) {
    await more();
  }
  const version = parseHeader(buffer);
  let cursor = new RdbCursor(buffer, headerLength);
  for (;;) {
    const start = cursor.at;
    try {
      const item = readItem(cursor, version);
      if (item === "end") {
        crc.update(buffer.subarray(0, cursor.at));
        checkSum(cursor, crc);
        return;
      }
      if (item !== undefined) {
        yield item;
      }
    } catch (error) {
      if (!(error instanceof ShortError)) {
        throw new Error(`RDB at byte ${consumed + start}: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
      crc.update(buffer.subarray(0, start));
      consumed += start;
      buffer = buffer.subarray(start);
      await more();
      cursor = new RdbCursor(buffer, 0);
    }
  }
}

/** `REDIS0011` or, since Valkey 9, `VALKEY080`. */
function parseHeader(buffer: Buffer): number {
  const match = /^(?:REDIS|VALKEY)(\d+)$/.exec(buffer.subarray(0, headerLength).toString("latin1"));
  if (match === null) {
    throw new Error("the file does not begin like an RDB file");
  }
  return Number(match[1]);
}

function checkSum(cursor: RdbCursor, crc: Crc64): void {
  const stored = cursor.bytes(8);
  // Servers write zeroes when their `rdbchecksum` is off.
  if (stored.some((byte) => byte !== 0) && !stored.equals(crc.digest())) {
    throw new Error("the file's checksum is wrong");
  }
}

function readItem(cursor: RdbCursor, version: number): RdbEntry | RdbFunction | "end" | undefined {
  const attributes: { expiresAtMs?: number; frequency?: number; idleSeconds?: number } = {};
  for (;;) {
    const type = cursor.byte();
    switch (type) {
      case opcode.end: {
        // The checksum has to be there too, or the walk goes on when it is.
        cursor.bytes(8);
        cursor.at -= 8;
        return "end";
      }
      case opcode.aux:
        cursor.skipString();
        cursor.skipString();
        return undefined;
      case opcode.database:
        cursor.length();
        return undefined;
      case opcode.sizes:
        cursor.length();
        cursor.length();
        return undefined;
      case opcode.slotInfo:
        cursor.length();
        cursor.length();
        cursor.length();
        return undefined;
      case opcode.function:
        return { kind: "function", source: Buffer.from(cursor.string()) };
      case opcode.expiresMs:
        attributes.expiresAtMs = Number(cursor.bytes(8).readBigInt64LE(0));
        break;
      case opcode.expiresSeconds:
        attributes.expiresAtMs = cursor.bytes(4).readInt32LE(0) * 1_000;
        break;
      case opcode.frequency:
        attributes.frequency = cursor.byte();
        break;
      case opcode.idle:
        attributes.idleSeconds = cursor.length();
        break;
      default: {
        const key = Buffer.from(cursor.string());
        const start = cursor.at;
        skipValue(cursor, type, version);
        return {
          kind: "key",
          key,
          payload: dumpPayload(type, cursor.data.subarray(start, cursor.at), version),
          ...attributes,
        };
      }
    }
  }
}

function dumpPayload(type: number, value: Buffer, version: number): Buffer {
  const payload = Buffer.alloc(1 + value.length + 10);
  payload[0] = type;
  value.copy(payload, 1);
  payload.writeUInt16LE(version, 1 + value.length);
  const checked = payload.subarray(0, value.length + 3);
  new Crc64()
    .update(checked)
    .digest()
    .copy(payload, value.length + 3);
  return payload;
}

/** Valkey's own RDB versions begin at 80; from there type 22 is its hash with fields that expire. */
const firstValkeyVersion = 80;

function skipValue(cursor: RdbCursor, type: number, version: number): void {
  const repeat = (times: number, skip: () => void): void => {
    for (let left = times; left > 0; left--) {
      skip();
    }
  };
  const string = (): void => cursor.skipString();
  switch (type) {
    case 0: // string
    case 9: // zipmap
    case 10: // list as ziplist
    case 11: // set as intset
    case 12: // sorted set as ziplist
    case 13: // hash as ziplist
    case 16: // hash as listpack
    case 17: // sorted set as listpack
    case 20: // set as listpack
      return string();
    case 1: // list
    case 2: // set
    case 14: // list as quicklist of ziplists
      return repeat(cursor.length(), string);
    case 4: // hash
      return repeat(2 * cursor.length(), string);
    case 5: // sorted set with binary scores
      return repeat(cursor.length(), () => {
        string();
        cursor.skip(8);
      });
    case 18: // list as quicklist
      return repeat(cursor.length(), () => {
        cursor.length();
        string();
      });
    case 15: // stream, in three editions
    case 19:
    case 21:
      return skipStream(cursor, type);
    case 22: // Valkey: hash with expiring fields
      if (version < firstValkeyVersion) {
        break;
      }
      return repeat(cursor.length(), () => {
        string();
        string();
        cursor.skip(8);
      });
    case 24: // Redis: hash with expiring fields
      cursor.skip(8);
      return repeat(cursor.length(), () => {
        cursor.length();
        string();
        string();
      });
    case 25: // the same as listpack
      cursor.skip(8);
      return string();
  }
  throw new Error(`value type ${type} of RDB version ${version} cannot be restored`);
}

function skipStream(cursor: RdbCursor, type: number): void {
  const lengths = (count: number): void => {
    for (let left = count; left > 0; left--) {
      cursor.length();
    }
  };
  for (let packs = cursor.length(); packs > 0; packs--) {
    cursor.skipString();
    cursor.skipString();
  }
  lengths(type === 15 ? 3 : 8);
  for (let groups = cursor.length(); groups > 0; groups--) {
    cursor.skipString();
    lengths(type === 15 ? 2 : 3);
    for (let pending = cursor.length(); pending > 0; pending--) {
      cursor.skip(24);
      cursor.length();
    }
    for (let consumers = cursor.length(); consumers > 0; consumers--) {
      cursor.skipString();
      cursor.skip(type === 21 ? 16 : 8);
      for (let pending = cursor.length(); pending > 0; pending--) {
        cursor.skip(16);
      }
    }
  }
}
