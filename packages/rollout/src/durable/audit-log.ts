/**
 * The audit log: JSON lines, only ever appended to, each with the hash of the line before it. It is the rollout's state as well:
 * what is not in it did not happen.
 */
import { createHash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Entry } from "../core/model.ts";

/** The log was changed by somebody else than a rollout. */
export class BrokenLog extends Error {}

interface Line extends Entry {
  /** SHA-256 of the line before, without its line break; that of no text for the first. */
  previous: string;
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

interface Contents {
  entries: Entry[];
  /** Hash that the next line has to carry. */
  last: string;
  /** Bytes of whole lines; what follows is a line that was cut off. */
  bytes: number;
}

function parse(text: string, path: string): Contents {
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  let last = digest("");
  const entries = whole
    .split("\n")
    .slice(0, -1)
    .map((line, index): Entry => {
      const broken = (what: string): never => {
        throw new BrokenLog(
          `${path}, line ${index + 1}: ${what}. The log is only ever appended to; restore it from a backup, or move it away and begin a new one`,
        );
      };
      let parsed: Line;
      try {
        parsed = JSON.parse(line) as Line;
      } catch {
        return broken("is no JSON");
      }
      const { previous, ...entry } = parsed;
      if (previous !== last) return broken("does not follow from the line before it, which was changed or taken out");
      if (entry.seq !== index + 1) return broken(`has number ${entry.seq}`);
      last = digest(line);
      return entry;
    });
  return { entries, last, bytes: Buffer.byteLength(whole) };
}

const read = (path: string): Contents => parse(existsSync(path) ? readFileSync(path, "utf8") : "", path);

/**
 * The log's entries, for anybody. A last line that is being written, or was cut off, is left out.
 *
 * @throws BrokenLog when a line was changed, taken out or put in
 */
export const readAuditLog = (path: string): Entry[] => read(path).entries;

/** The log of the process that holds the rollout's lock. */
export class AuditLog {
  readonly entries: Entry[];
  readonly #path: string;
  #last: string;

  /** Takes a line away that was cut off by a killed process: it was never acted upon. */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    const { entries, last, bytes } = read(path);
    this.entries = entries;
    this.#path = path;
    this.#last = last;
    if (existsSync(path)) truncateSync(path, bytes);
  }

  /** Adds an entry. It is on the disk when this returns. */
  append(entry: Omit<Entry, "seq">): Entry {
    const whole: Entry = { seq: this.entries.length + 1, ...entry };
    const text = JSON.stringify({ ...whole, previous: this.#last } satisfies Line);
    const file = openSync(this.#path, "a");
    try {
      writeSync(file, `${text}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    this.#last = digest(text);
    this.entries.push(whole);
    return whole;
  }
}
