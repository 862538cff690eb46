import { canonical, formatCidr, isAligned, parseCidr, sizeOf } from "./cidr.ts";

/** Shortest prefix of a range that clients come from: more than a whole private range of RFC 1918 is nobody's network. */
const shortestPrefix = 8;

/**
 * Why a range cannot be admitted as a source of clients, as one sentence; `undefined` when it can. Two halves of the internet
 * are refused like the whole.
 */
export function sourceRangeProblem(block: string): string | undefined {
  const range = parseCidr(block);
  if (range === undefined) {
    return "A range is an IPv4 address and a prefix length.";
  }
  if (!isAligned(range)) {
    return `The address has bits set below /${range.prefix}; EC2 would silently take ${formatCidr(canonical(range))}.`;
  }
  if (range.prefix < shortestPrefix) {
    return `A /${range.prefix} is ${sizeOf(range)} addresses: nobody's own network, and nearly an open rule.`;
  }
  return undefined;
}
