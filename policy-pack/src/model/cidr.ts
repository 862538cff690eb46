/** A range of addresses, both ends included. */
export interface Range {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

const bits = { 4: 32, 6: 128 } as const;

/** Reads `10.0.0.0/8`, `10.0.0.1` or `2001:db8::/32`; undefined for anything else. Host bits are ignored, as EC2 does. */
export function parseCidr(text: string): Range | undefined {
  const [address = "", length] = text.trim().split("/");
  const family = address.includes(":") ? 6 : 4;
  const value = family === 4 ? parseIpv4(address) : parseIpv6(address);
  const prefix = length === undefined ? bits[family] : /^\d{1,3}$/.test(length) ? Number(length) : NaN;
  if (value === undefined || !(prefix <= bits[family])) {
    return undefined;
  }
  const hostBits = BigInt(bits[family] - prefix);
  const first = (value >> hostBits) << hostBits;
  return { family, first, last: first + (1n << hostBits) - 1n };
}

function parseIpv4(address: string): bigint | undefined {
  const parts = address.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) {
    return undefined;
  }
  return parts.reduce((value, part) => (value << 8n) + BigInt(part), 0n);
}

function parseIpv6(address: string): bigint | undefined {
  const halves = address.toLowerCase().split("::");
  if (halves.length > 2) {
    return undefined;
  }
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : expandEmbeddedIpv4(half).split(":")));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) {
    return undefined;
  }
  const groups = [...head, ...Array.from({ length: halves.length === 2 ? missing : 0 }, () => "0"), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/.test(group))) {
    return undefined;
  }
  return groups.reduce((value, group) => (value << 16n) + BigInt(`0x${group}`), 0n);
}

/** `::ffff:1.2.3.4` writes its last 32 bits as an IPv4 address. */
function expandEmbeddedIpv4(half: string): string {
  const dotted = /^(.*:)?(\d+\.\d+\.\d+\.\d+)$/.exec(half);
  const value = dotted?.[2] === undefined ? undefined : parseIpv4(dotted[2]);
  return value === undefined
    ? half
    : `${dotted?.[1] ?? ""}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
}

/** The parts of `ranges` that lie in none of `holes`, sorted and without overlap. */
export function subtract(ranges: readonly Range[], holes: readonly Range[]): Range[] {
  let rest = union(ranges);
  for (const hole of holes) {
    rest = rest.flatMap((range) => {
      if (range.family !== hole.family || hole.last < range.first || hole.first > range.last) {
        return [range];
      }
      const pieces: Range[] = [];
      if (hole.first > range.first) {
        pieces.push({ ...range, last: hole.first - 1n });
      }
      if (hole.last < range.last) {
        pieces.push({ ...range, first: hole.last + 1n });
      }
      return pieces;
    });
  }
  return rest;
}

/** The same addresses in sorted ranges that do not touch. */
export function union(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const range of [...ranges].sort(
    (a, b) => a.family - b.family || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0),
  )) {
    const previous = merged.at(-1);
    if (previous !== undefined && previous.family === range.family && range.first <= previous.last + 1n) {
      merged[merged.length - 1] = { ...previous, last: range.last > previous.last ? range.last : previous.last };
    } else {
      merged.push(range);
    }
  }
  return merged;
}

/** The addresses in both. */
export function intersect(left: readonly Range[], right: readonly Range[]): Range[] {
  return union(
    left.flatMap((a) =>
      right
        .filter((b) => a.family === b.family && a.first <= b.last && b.first <= a.last)
        .map((b) => ({
          family: a.family,
          first: a.first > b.first ? a.first : b.first,
          last: a.last < b.last ? a.last : b.last,
        })),
    ),
  );
}

/** Addresses that never arrive from the internet: RFC 6890 private, shared, loopback, link-local, multicast and reserved ones. */
const notPublic = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
].map(known);

/** IPv6 global unicast is all that is routed on the internet; 2001:db8::/32 is for documents. */
const globalUnicast = known("2000::/3");
const documentation6 = known("2001:db8::/32");

function known(text: string): Range {
  const range = parseCidr(text);
  if (range === undefined) {
    throw new Error(`${text} is no range`);
  }
  return range;
}

/** The part of the ranges that the internet can come from. */
export function publicPart(ranges: readonly Range[]): Range[] {
  const v4 = subtract(
    ranges.filter(({ family }) => family === 4),
    notPublic,
  );
  const v6 = subtract(
    intersect(
      ranges.filter(({ family }) => family === 6),
      [globalUnicast],
    ),
    [documentation6],
  );
  return [...v4, ...v6];
}

/**
 * More public addresses than this are "the internet" and no list of partners: a /8 of IPv4, a /20 of IPv6. Whole registries hold less,
 * and the union of split ranges (0.0.0.0/1 and 128.0.0.0/1) is measured, not each alone.
 */
const mostPartners = { 4: 1n << 24n, 6: 1n << 108n } as const;

/** Whether the ranges together let the internet in. */
export function isInternet(ranges: readonly Range[]): boolean {
  const size = { 4: 0n, 6: 0n };
  for (const { family, first, last } of publicPart(ranges)) {
    size[family] += last - first + 1n;
  }
  return size[4] > mostPartners[4] || size[6] > mostPartners[6];
}
