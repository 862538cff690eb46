import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { planNetwork } from "../packages/components/src/network/network-plan.ts";
import { readProject } from "../packages/sandbox/src/project/project.ts";
import { readStackConfig } from "../packages/sandbox/src/project/stack-config.ts";
import { plan } from "../stacks/plan.ts";
import { componentTables, withTables } from "../scripts/argument-tables.ts";
import { allBlocksOf, anchorsOf, blocksOf, documentationPages, root } from "./support/pages.ts";

/** In the workspace's benchmarks, which depend on everything that a snippet imports; a folder a run. */
const checked = join(root, "benchmarks", "docs-check", String(process.pid));

const pages = documentationPages();
const componentPages = pages.filter(({ name }) => name.startsWith("docs/components/"));

afterAll(() => {
  rmSync(checked, { recursive: true, force: true });
});

describe("the documentation", () => {
  it("has links that lead somewhere, to a heading too where they name one", () => {
    const dead = pages.flatMap(({ name, path, text }) =>
      [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)]
        .filter(([, target = "", anchor]) => {
          const file = target === "" ? path : join(dirname(path), decodeURI(target));
          return !existsSync(file) || (anchor !== undefined && !anchorsOf(file).has(anchor));
        })
        .map(([link]) => `${name}: ${link}`),
    );
    expect(dead).toEqual([]);
  });

  it("has TypeScript that compiles, each block as a program of its own", () => {
    const blocks = pages.flatMap((page) => blocksOf(page, "ts").map((code) => ({ page, code })));
    expect(blocks.length).toBeGreaterThan(5);
    mkdirSync(checked, { recursive: true });
    blocks.forEach(({ page, code }, index) => {
      writeFileSync(join(checked, `${page.name.replaceAll(/\W/g, "-")}-${index}.ts`), `${code}\nexport {};\n`);
    });
    writeFileSync(
      join(checked, "tsconfig.json"),
      JSON.stringify({
        extends: "../../../tsconfig.base.json",
        compilerOptions: {
          noUnusedLocals: false,
          // The benchmarks do not depend on the policy pack, whose README has snippets too.
          paths: {
            "@mrgc/policy-pack/*": ["../../../policy-pack/src/*.ts"],
            "@pulumi/policy": ["../../../policy-pack/node_modules/@pulumi/policy/index.d.ts"],
          },
        },
        include: [".", "../../../test/support/docs-context.d.ts"],
      }),
    );
    const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", checked], { encoding: "utf8" });
    expect(stdout).toBe("");
  });

  it.each<[string, (code: string) => unknown]>([
    ["json", JSON.parse],
    ["yaml", parse],
  ])("has %s that parses", (language, read) => {
    const blocks = pages.flatMap((page) => blocksOf(page, language).map((code) => ({ name: page.name, code })));
    expect(blocks.length).toBeGreaterThan(0);
    for (const { name, code } of blocks) {
      expect(() => read(code), `${name}:\n${code}`).not.toThrow();
    }
  });

  it("has no block that nothing checks", () => {
    // Commands: docs-commands.test.ts. Pictures: docs-pictures.test.ts. The mend: package.test.ts. Text is what a program prints.
    const checked = ["ts", "sh", "json", "yaml", "mermaid", "diff", "text"];
    const others = pages.flatMap((page) =>
      allBlocksOf(page)
        .filter(({ language }) => !checked.includes(language))
        .map(({ language, code }) => `${page.name}: ${language || "no language"}: ${code.split("\n")[0] ?? ""}`),
    );
    expect(others).toEqual([]);
  });

  it("quotes a refusal of addresses as it is", () => {
    const [quoted = ""] = blocksOf(
      pages.find(({ name }) => name === "docs/components/network.md")!,
      "text",
    );
    const cidrBlock = "10.66.0.0/18";
    const zoneIds = ["use1-az1", "use1-az2", "use1-az4"];
    let refused = "";
    try {
      planNetwork({ region: "us-east-1", cidrBlock, zoneIds, fleets: { cacheNodes: 5000 } });
    } catch (error) {
      refused = (error as Error).message;
    }
    expect(refused).toContain(quoted.replaceAll("\n", " ").trim());
  });

  it("has every correction of the source documents, once", () => {
    const rows = pages.find(({ name }) => name === "docs/corrections.md")?.text.matchAll(/^\| (E\d+) /gm) ?? [];
    const numbers = [...rows].map(([, number]) => number).sort();
    expect(numbers).toEqual(Array.from({ length: 44 }, (_, index) => `E${index + 1}`).sort());
  });

  it("names every page in its index", () => {
    const index = pages.find(({ name }) => name === "docs/README.md")?.text ?? "";
    const unnamed = pages
      .filter(({ name }) => /^docs\/(?!README|decisions)/.test(name))
      .map(({ name }) => name.slice("docs/".length))
      .filter((name) => !index.includes(`](${name})`));
    expect(unnamed).toEqual([]);
  });
});

describe("the README", () => {
  it("says what a region of the example costs, in thousands", async () => {
    const [, told = ""] =
      /costs about ([\d,]+) USD a month/.exec(pages.find(({ name }) => name === "README.md")!.text) ?? [];
    const { values } = await readStackConfig(readProject(root), "us-east-1");
    const { cost } = plan("us-east-1", values, {}).data as { cost: { knownUsdPerMonth: number } };
    expect(Number(told.replaceAll(",", ""))).toBe(Math.round(cost.knownUsdPerMonth / 1000) * 1000);
  });
});

describe("a component's page", () => {
  const tables = componentTables();

  it("is there for every component, with a picture, its arguments, its outputs, an example and what it costs", () => {
    expect(tables.map(({ page }) => `docs/components/${page}`)).toEqual(componentPages.map(({ name }) => name));
    const lacks = componentPages.flatMap((page) => {
      const parts: Record<string, boolean> = {
        "a section with its picture": /^## Picture\n\n```mermaid\nflowchart /m.test(page.text),
        "a block `<!-- arguments -->`": page.text.includes("<!-- arguments -->"),
        "a block `<!-- outputs -->`": page.text.includes("<!-- outputs -->"),
        "an example in TypeScript": blocksOf(page, "ts").length > 0,
        "a section on cost": /^## What it costs$/m.test(page.text),
      };
      return Object.entries(parts)
        .filter(([, found]) => !found)
        .map(([part]) => `${page.name}: ${part}`);
    });
    expect(lacks).toEqual([]);
  });

  it.each(componentPages)("$name has the tables that `npm run docs` writes", async ({ name, path, text }) => {
    const table = tables.find(({ page }) => name.endsWith(`/${page}`))!;
    expect(await withTables(text, table, path), "stale: run `npm run docs`").toBe(text);
  });

  it("is compared with others in the README as on its own page", () => {
    const rowsBelow = (name: string, heading: string) => {
      const text = pages.find((page) => page.name === name)?.text.split(heading)[1] ?? "";
      return [...text.matchAll(/^\|.*$/gm)].slice(2, 11).map(([row]) => row.replaceAll(/ {2,}/g, " "));
    };
    const own = rowsBelow("docs/components/regional-gpu-cluster.md", "\n## Compared\n");
    expect(own).toHaveLength(9);
    expect(rowsBelow("README.md", "\n## What others have\n")).toEqual(own);
  });

  it("says of a comparison with others when it was read and where", () => {
    const undated = pages.flatMap(({ name, text }) =>
      text
        .split(/^(?=#{2,3} )/m)
        .filter((section) => /^## (Beside others|Compared|What others have)$/m.test(section))
        .filter((section) => !/\b20\d\d(-\d\d)?\b/.test(section))
        .map((section) => `${name}: ${section.split("\n")[0]}`),
    );
    expect(undated).toEqual([]);
  });
});
