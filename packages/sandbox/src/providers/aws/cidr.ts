/** An IPv4 range as the first address (a number) and the prefix length. */
export interface Range {
  readonly first: number;
  readonly bits: number;
}

/** Reads `10.66.0.0/18`; undefined for anything else. */
export function parseRange(cidr: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  if (!match) return undefined;
  const [a, b, c, d, bits] = match.slice(1).map(Number) as [number, number, number, number, number];
  if (Math.max(a, b, c, d) > 255 || bits > 32) return undefined;
  return { first: ((a * 256 + b) * 256 + c) * 256 + d, bits };
}

const size = (range: Range): number => 2 ** (32 - range.bits);

/** The range's text. */
export function formatRange({ first, bits }: Range): string {
  return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".")}/${bits}`;
}

/** The range with its host bits cleared. */
export function canonical(range: Range): Range {
  return { first: range.first - (range.first % size(range)), bits: range.bits };
}

/** Whether two ranges share an address. */
export function overlap(a: Range, b: Range): boolean {
  return a.first < b.first + size(b) && b.first < a.first + size(a);
}

/** Whether `inner` lies in `outer`. */
export function contains(outer: Range, inner: Range): boolean {
  return inner.first >= outer.first && inner.first + size(inner) <= outer.first + size(outer);
}
