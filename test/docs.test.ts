import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
/** In the workspace's benchmarks, which depend on everything that a snippet imports. */
const checked = join(root, "benchmarks", "docs-check");

const pages = [
  ...["README.md", "CONTRIBUTING.md"].map((name) => join(root, name)),
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(root, "docs", name)),
];

function snippets(): { page: string; code: string }[] {
  return pages.flatMap((page) =>
    [...readFileSync(page, "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => ({
      page,
      code: match[1] ?? "",
    })),
  );
}

afterAll(() => {
  rmSync(checked, { recursive: true, force: true });
});

describe("the documentation", () => {
  it("has links that lead somewhere", () => {
    const dead = pages.flatMap((page) =>
      [...readFileSync(page, "utf8").matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)]*)?\)/g)]
        .map((match) => match[1] ?? "")
        .filter((target) => !existsSync(join(dirname(page), decodeURI(target))))
        .map((target) => `${relative(root, page)} -> ${target}`),
    );
    expect(dead).toEqual([]);
  });

  it("has TypeScript that compiles, each block as a program of its own", () => {
    const blocks = snippets();
    expect(blocks.length).toBeGreaterThan(5);
    mkdirSync(checked, { recursive: true });
    blocks.forEach(({ page, code }, index) => {
      const name = `${relative(root, page).replaceAll(/\W/g, "-")}-${index}.ts`;
      writeFileSync(join(checked, name), `${code}\nexport {};\n`);
    });
    writeFileSync(
      join(checked, "tsconfig.json"),
      JSON.stringify({
        extends: "../../tsconfig.base.json",
        compilerOptions: { noUnusedLocals: false },
        include: [".", "../../test/support/docs-context.d.ts"],
      }),
    );
    const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", checked], { encoding: "utf8" });
    expect(stdout).toBe("");
  });
});
