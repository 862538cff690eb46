import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { quotas } from "./quotas.ts";

const page = readFileSync(new URL("../../../../docs/corrections.md", import.meta.url), "utf8");
const rows = page
  .split("\n")
  .filter((line) => /\| (L-[0-9A-F]{8}|fixed)\s+\|/.test(line))
  .map((line) => line.split("|").map((cell) => cell.trim()));

describe("docs/corrections.md", () => {
  it("has every quota with its code and default, in the code's order", () => {
    expect(rows.map(([, name, code, value]) => [name, code, value])).toEqual(
      quotas.map(({ name, quotaCode, defaultValue }) => [
        name,
        quotaCode ?? "fixed",
        defaultValue?.toLocaleString("en-US") ?? "?",
      ]),
    );
  });

  it("marks the defaults that were not verified", () => {
    const marked = rows.filter(([, , , value, need]) => value === "?" || need?.includes("[not verified]"));
    expect(marked.map(([, name]) => name)).toEqual(quotas.filter(({ verified }) => !verified).map(({ name }) => name));
  });

  it("has every correction from E1 to E44 once", () => {
    const numbers = [...page.matchAll(/^\| E(\d+) /gm)].map((match) => Number(match[1])).sort((one, two) => one - two);
    expect(numbers).toEqual(Array.from({ length: 44 }, (_, index) => index + 1));
  });
});
