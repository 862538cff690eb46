import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  canonical,
  type CidrRange,
  contains,
  firstFree,
  formatCidr,
  isAligned,
  lastOf,
  overlaps,
  parseCidr,
  parsed,
  prefixFor,
  remainder,
  sizeOf,
  usableAddresses,
} from "./cidr.ts";

const block = fc
  .record({ address: fc.integer({ min: 0, max: 2 ** 32 - 1 }), prefix: fc.integer({ min: 8, max: 30 }) })
  .map(({ address, prefix }): CidrRange => canonical({ first: address, prefix }));

/** Overlap by another way: the bits both prefixes fix are the same. */
function shareLeadingBits(one: CidrRange, other: CidrRange): boolean {
  const bits = (range: CidrRange) => range.first.toString(2).padStart(32, "0");
  const length = Math.min(one.prefix, other.prefix);
  return bits(one).slice(0, length) === bits(other).slice(0, length);
}

describe("cidr", () => {
  it("reads and writes blocks", () => {
    expect(parseCidr("10.66.0.0/18")).toEqual({ first: 10 * 2 ** 24 + 66 * 2 ** 16, prefix: 18 });
    expect(
      ["10.66.0.0", "10.66.0.0/33", "10.256.0.0/16", "10.66.0/18", "", "a.b.c.d/8", "::1/64"].map(parseCidr),
    ).toEqual(Array.from({ length: 7 }));
    fc.assert(
      fc.property(block, (range) => {
        expect(parseCidr(formatCidr(range))).toEqual(range);
      }),
    );
  });

  it("knows that 10.0.10.0/20 is really 10.0.0.0/20 (E20)", () => {
    expect(isAligned(parsed("10.0.10.0/20"))).toBe(false);
    expect(formatCidr(canonical(parsed("10.0.10.0/20")))).toBe("10.0.0.0/20");
    expect(isAligned(parsed("10.0.96.0/20"))).toBe(true);
  });

  it("counts what AWS keeps (E21)", () => {
    expect(usableAddresses(20)).toBe(4091);
    expect(3 * usableAddresses(20)).toBe(12_273);
    expect([1, 11, 12, 27, 28, 251, 252].map(prefixFor)).toEqual([28, 28, 27, 27, 26, 24, 23]);
  });

  it("tells overlap as the leading bits do", () => {
    fc.assert(fc.property(block, block, (one, other) => overlaps(one, other) === shareLeadingBits(one, other)));
    expect(contains(parsed("10.66.0.0/18"), parsed("10.66.63.0/24"))).toBe(true);
    expect(contains(parsed("10.66.0.0/18"), parsed("10.66.64.0/24"))).toBe(false);
  });

  it("finds the lowest free block", () => {
    const parent = parsed("10.0.0.0/16");
    const taken = ["10.0.1.0/24", "10.0.16.0/20", "10.0.32.0/23"].map(parsed);
    expect(formatCidr(firstFree(parent, taken, 24) ?? parent)).toBe("10.0.0.0/24");
    expect(formatCidr(firstFree(parent, taken, 20) ?? parent)).toBe("10.0.48.0/20");
    expect(firstFree(parent, taken, 16)).toBeUndefined();
    expect(firstFree(parsed("10.0.1.0/24"), taken, 28)).toBeUndefined();
  });

  it("fills what is left without gap or overlap", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 12 }), (numbers) => {
        const parent = parsed("10.0.0.0/16");
        const taken = numbers.map((number) => parsed(`10.0.${number}.0/24`));
        const rest = remainder(parent, taken);
        const size = rest.reduce((sum, range) => sum + sizeOf(range), 0);
        expect(size).toBe(2 ** 16 - 256 * new Set(numbers).size);
        expect(rest.every((range) => isAligned(range) && taken.every((other) => !overlaps(range, other)))).toBe(true);
        expect(rest.every((range, index) => index === 0 || lastOf(rest[index - 1] ?? range) < range.first)).toBe(true);
      }),
    );
  });
});
