import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const states = ["built", "corrected", "stated", "open"];

const rows = readFileSync(join(root, "docs/requirements.md"), "utf8")
  .split("\n")
  .filter((line) => /^\| R\d+ /.test(line))
  .map((line) => {
    const [id = "", requirement = "", state = "", where = "", tests = ""] = line
      .slice(1, -1)
      .split(" | ")
      .map((cell) => cell.trim());
    return { id, requirement, state, files: paths(where), tests: paths(tests) };
  });

function paths(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
}

describe("the requirements' trail", () => {
  it("has a row for each of R1 to R141, in order", () => {
    expect(rows.map((row) => row.id)).toEqual(Array.from({ length: 141 }, (_, index) => `R${index + 1}`));
  });

  it.each(rows)("$id names files and tests that exist", ({ requirement, state, files, tests }) => {
    expect(requirement).not.toBe("");
    expect(states).toContain(state);
    for (const path of [...files, ...tests]) {
      expect(existsSync(join(root, path)), path).toBe(true);
    }
    if (state !== "open") {
      expect(files.length).toBeGreaterThan(0);
    }
    if (state === "built" || state === "corrected") {
      expect(tests.length).toBeGreaterThan(0);
    }
  });
});
