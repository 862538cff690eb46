import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { intersect, isInternet, parseCidr, type Range, subtract, union } from "./cidr.ts";

const small = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 10 })), { maxLength: 6 });
const ranges = (pairs: [number, number][]): Range[] =>
  pairs.map(([first, length]) => ({ family: 4, first: BigInt(first), last: BigInt(first + length) }));
const members = (list: readonly Range[]) =>
  new Set(
    list.flatMap(({ first, last }) => Array.from({ length: Number(last - first) + 1 }, (_, n) => Number(first) + n)),
  );
const sorted = (set: Set<number>) => [...set].sort((a, b) => a - b);

describe("ranges of addresses", () => {
  it.each([
    ["10.0.0.0/8", 10n << 24n, (11n << 24n) - 1n],
    ["10.1.2.3/8", 10n << 24n, (11n << 24n) - 1n],
    ["255.255.255.255", (1n << 32n) - 1n, (1n << 32n) - 1n],
    ["::/0", 0n, (1n << 128n) - 1n],
    ["::1", 1n, 1n],
    ["2001:db8::/32", 0x20010db8n << 96n, (0x20010db9n << 96n) - 1n],
    ["::ffff:1.2.3.4", 0xffff01020304n, 0xffff01020304n],
  ])("%s", (text, first, last) => {
    expect(parseCidr(text)).toMatchObject({ first, last });
  });

  it.each(["", "10.0.0", "10.0.0.256", "10.0.0.0/33", "1::2::3", "12345::", "x", "10.0.0.0/", "::/129"])(
    "%s is none",
    (text) => {
      expect(parseCidr(text)).toBeUndefined();
    },
  );

  it("are united, subtracted and intersected as sets are", () => {
    fc.assert(
      fc.property(small, small, (left, right) => {
        const [a, b] = [ranges(left), ranges(right)];
        expect(sorted(members(union(a)))).toEqual(sorted(members(a)));
        expect(sorted(members(subtract(a, b)))).toEqual(
          sorted(new Set([...members(a)].filter((n) => !members(b).has(n)))),
        );
        expect(sorted(members(intersect(a, b)))).toEqual(
          sorted(new Set([...members(a)].filter((n) => members(b).has(n)))),
        );
      }),
    );
  });

  it.each([
    [["0.0.0.0/0"], true],
    [["0.0.0.0/1", "128.0.0.0/1"], true],
    [["::/0"], true],
    [["2000::/3"], true],
    [["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"], false],
    [["224.0.0.0/3"], false],
    [["fc00::/7"], false],
    [["203.0.113.0/24", "8.8.8.0/24"], false],
    [["8.0.0.0/8", "9.0.0.0/8"], true],
  ])("%j is the internet: %s", (texts, expected) => {
    expect(isInternet(texts.flatMap((text) => parseCidr(text) ?? []))).toBe(expected);
  });
});
