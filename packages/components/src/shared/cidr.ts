/** A block of IPv4 addresses: its first address as a number, and how many leading bits are fixed. */
export interface CidrRange {
  readonly first: number;
  readonly prefix: number;
}

/** Addresses of every subnet that AWS keeps: network, router, DNS, future use, broadcast (correction E21). */
export const reservedAddressesPerSubnet = 5;

/** Largest and smallest block that a VPC or a subnet may be. */
export const largestPrefix = 16;
export const smallestPrefix = 28;

const pattern = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** The ranges that nobody routes on the internet: RFC 1918, and RFC 6598 for addresses behind a carrier. */
export const privateRanges: CidrRange[] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map(
  (text) => parsed(text),
);

/** Reads `10.66.0.0/18`. Bits below the prefix are kept, so that a misaligned block can be told; `undefined` when it is no block. */
export function parseCidr(text: string): CidrRange | undefined {
  const parts = pattern.exec(text)?.slice(1).map(Number);
  if (parts === undefined) {
    return undefined;
  }
  const prefix = parts[4] ?? 33;
  const octets = parts.slice(0, 4);
  if (prefix > 32 || octets.some((octet) => octet > 255)) {
    return undefined;
  }
  return { first: octets.reduce((address, octet) => address * 256 + octet, 0), prefix };
}

/** Writes a block as `10.66.0.0/18`. */
export function formatCidr(range: CidrRange): string {
  return `${formatAddress(range.first)}/${range.prefix}`;
}

/** How many addresses a block has. */
export function sizeOf(range: CidrRange): number {
  return 2 ** (32 - range.prefix);
}

/** The last address of a block. */
export function lastOf(range: CidrRange): number {
  return range.first + sizeOf(range) - 1;
}

/** How many addresses of a subnet can be given to network interfaces. */
export function usableAddresses(prefix: number): number {
  return 2 ** (32 - prefix) - reservedAddressesPerSubnet;
}

/** The prefix of the smallest subnet that holds so many interfaces; may be wider than AWS allows a subnet to be. */
export function prefixFor(addresses: number): number {
  let prefix = smallestPrefix;
  while (usableAddresses(prefix) < addresses) {
    prefix--;
  }
  return prefix;
}

/** The block as EC2 would take it: bits below the prefix cleared. EC2 does so silently (correction E20). */
export function canonical(range: CidrRange): CidrRange {
  const size = sizeOf(range);
  return { first: Math.floor(range.first / size) * size, prefix: range.prefix };
}

/** Whether the block begins where a block of its size may begin. */
export function isAligned(range: CidrRange): boolean {
  return range.first % sizeOf(range) === 0;
}

/** Whether two blocks share an address. */
export function overlaps(one: CidrRange, other: CidrRange): boolean {
  return one.first <= lastOf(other) && other.first <= lastOf(one);
}

/** Whether every address of `inner` is in `outer`. */
export function contains(outer: CidrRange, inner: CidrRange): boolean {
  return outer.first <= inner.first && lastOf(inner) <= lastOf(outer);
}

/** The lowest block of a size in `parent` that shares no address with those taken; `undefined` when there is none. */
export function firstFree(parent: CidrRange, taken: readonly CidrRange[], prefix: number): CidrRange | undefined {
  const size = 2 ** (32 - prefix);
  let first = Math.ceil(parent.first / size) * size;
  while (first + size - 1 <= lastOf(parent)) {
    const candidate = { first, prefix };
    const inTheWay = taken.find((range) => overlaps(range, candidate));
    if (inTheWay === undefined) {
      return candidate;
    }
    first = Math.ceil((lastOf(inTheWay) + 1) / size) * size;
  }
  return undefined;
}

/** What is left of `parent`, as the fewest aligned blocks, in order of address. */
export function remainder(parent: CidrRange, taken: readonly CidrRange[]): CidrRange[] {
  if (taken.some((range) => contains(range, parent))) {
    return [];
  }
  const inside = taken.filter((range) => overlaps(range, parent));
  return inside.length === 0 ? [parent] : halves(parent).flatMap((half) => remainder(half, inside));
}

/** The two blocks that a block is made of, the lower one first. */
export function halves(range: CidrRange): [CidrRange, CidrRange] {
  const prefix = range.prefix + 1;
  return [
    { first: range.first, prefix },
    { first: range.first + 2 ** (32 - prefix), prefix },
  ];
}

/** Reads a block that is known to be one: constants, and what was checked before. */
export function parsed(text: string): CidrRange {
  const range = parseCidr(text);
  if (range === undefined) {
    throw new Error(`"${text}" is not an IPv4 block`);
  }
  return range;
}

function formatAddress(address: number): string {
  return [2 ** 24, 2 ** 16, 2 ** 8, 1].map((unit) => Math.floor(address / unit) % 256).join(".");
}
