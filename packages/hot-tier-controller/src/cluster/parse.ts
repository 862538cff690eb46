import type { SlotRange } from "../slots.ts";
import { normalizeRanges } from "../slots.ts";

/** One line of `CLUSTER NODES`, as one node sees another (or itself). */
export interface NodeLine {
  readonly id: string;
  /** `host:port`; the host is empty as long as a node does not know its own address. */
  readonly address: string;
  readonly flags: ReadonlySet<string>;
  readonly primaryId?: string;
  readonly configEpoch: number;
  readonly slots: readonly SlotRange[];
  /** Only in a node's own line: slots on their way, with the other node's id. */
  readonly migrating: readonly { readonly slot: number; readonly to: string }[];
  readonly importing: readonly { readonly slot: number; readonly from: string }[];
}

/** Lines that were parsed already, by what they say: in a cluster of a thousand nodes each line comes a thousand times. */
export type KnownLines = Map<string, NodeLine>;

/**
 * Parses the answer of `CLUSTER NODES`.
 *
 * @param known shared by the answers of one pass
 * @throws Error when a line has fewer than the eight fields that every version sends.
 */
export function parseClusterNodes(text: string, known: KnownLines = new Map()): NodeLine[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const said = withoutTimes(line);
      const parsed = known.get(said) ?? parseLine(line);
      known.set(said, parsed);
      return parsed;
    });
}

/** A line without the fifth, sixth and eighth field: when its node was pinged, when it answered, and whether there is a link to it. */
function withoutTimes(line: string): string {
  const ends: number[] = [];
  for (let at = line.indexOf(" "); at >= 0 && ends.length < 8; at = line.indexOf(" ", at + 1)) {
    ends.push(at);
  }
  const [, , , fourth, , sixth, seventh, eighth = line.length] = ends;
  return line.slice(0, fourth) + line.slice(sixth, seventh) + line.slice(eighth);
}

/** Parses `INFO`: `name:value` lines; sections are dropped. */
export function parseInfo(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0 && !line.startsWith("#")) {
      fields.set(line.slice(0, colon), line.slice(colon + 1));
    }
  }
  return fields;
}

function parseLine(line: string): NodeLine {
  const [id, endpoint, flags, primary, , , epoch, , ...rest] = line.trim().split(" ");
  if (id === undefined || endpoint === undefined || flags === undefined || epoch === undefined) {
    throw new Error(`CLUSTER NODES gave a line with fewer than eight fields: "${line}"`);
  }
  const slots: SlotRange[] = [];
  const migrating: { slot: number; to: string }[] = [];
  const importing: { slot: number; from: string }[] = [];
  for (const word of rest) {
    const open = /^\[(\d+)-([<>])-(\w+)\]$/.exec(word);
    if (open !== null) {
      const slot = Number(open[1]);
      const other = open[3] ?? "";
      if (open[2] === ">") {
        migrating.push({ slot, to: other });
      } else {
        importing.push({ slot, from: other });
      }
      continue;
    }
    const [first, last] = word.split("-").map(Number);
    if (first !== undefined) {
      slots.push([first, last ?? first]);
    }
  }
  return {
    id,
    address: endpoint.split(/[@,]/)[0] ?? "",
    flags: new Set(flags.split(",")),
    ...(primary === undefined || primary === "-" ? {} : { primaryId: primary }),
    configEpoch: Number(epoch),
    slots: normalizeRanges(slots),
    migrating,
    importing,
  };
}
