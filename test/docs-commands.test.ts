import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeCommandLine } from "../packages/sandbox/src/commands/index.ts";
import { blocksOf, documentationPages, proseOf, root } from "./support/pages.ts";

interface Told {
  page: string;
  line: string;
}

/** Every command of the pages: the lines of shell blocks, and code within a sentence that begins with a program's name. */
const told: Told[] = documentationPages().flatMap((page) => {
  const lines = blocksOf(page, "sh", "bash", "shell", "console").flatMap((code) =>
    code.replaceAll(/\\\n\s*/g, " ").split("\n"),
  );
  const inline = [...proseOf(page.text).matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
  return [...lines, ...inline]
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => ({ page: page.name, line }));
});

const after = (pattern: RegExp) =>
  told.flatMap(({ page, line }) => {
    const found = pattern.exec(line);
    return found === null ? [] : [{ page, line, words: (found[1] ?? "").split(/\s+/).filter((word) => word !== "") }];
  });

const optionsOf = (words: string[]) =>
  words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split("=")[0]!);

describe("the commands that the documentation tells", () => {
  it("are scripts of a package of this workspace, where npm runs them", () => {
    const scripts = new Set(
      globSync(["package.json", "packages/*/package.json", "policy-pack/package.json"], { cwd: root }).flatMap(
        (file) => {
          const { scripts: own = {} } = JSON.parse(readFileSync(join(root, file), "utf8")) as {
            scripts?: Record<string, string>;
          };
          return Object.keys(own);
        },
      ),
    );
    const run = [...after(/^npm run ([\w:-]+)/), ...after(/^npm (start|test)\b/)];
    expect(run.length).toBeGreaterThan(10);
    expect(run.filter(({ words: [script = ""] }) => !scripts.has(script))).toEqual([]);
  });

  it("are commands and options of the sandbox", () => {
    const commands = new Map(makeCommandLine().commands.map((command) => [command.name(), command]));
    const sandbox = [...after(/^npm run sandbox -- (.+)$/), ...after(/^sandbox (.+)$/)];
    expect(sandbox.length).toBeGreaterThan(5);
    const unknown = sandbox.filter(({ words: [name = "", ...words] }) => {
      const command = commands.get(name);
      const known = new Set(command?.options.flatMap(({ long, short }) => [long, short]));
      // What follows a lone `--` belongs to the program that `exec` runs.
      const own = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
      return command === undefined || optionsOf(own).some((option) => !known.has(option));
    });
    expect(unknown).toEqual([]);
  });

  it("are commands and options of the controller", () => {
    const main = join(root, "packages/hot-tier-controller/src/main.ts");
    const help = (...args: string[]) =>
      spawnSync(process.execPath, [main, ...args, "--help"], { encoding: "utf8" }).stdout;
    const shared = help();
    const names = [...shared.slice(shared.indexOf("Commands:")).matchAll(/^ {2}([a-z-]+)/gm)].map(
      ([, name = ""]) => name,
    );
    expect(names).toContain("status");
    const helpOf = new Map<string, string>();
    const controller = after(/^(?:(?:npx )?hot-tier|node dist\/hot-tier\.mjs) ((?!.*\|).+)$/);
    expect(controller.length).toBeGreaterThan(5);
    const unknown = controller.filter(({ words }) => {
      const name = words.find((word) => names.includes(word));
      if (name === undefined) {
        return true;
      }
      const text = helpOf.get(name) ?? help(name);
      helpOf.set(name, text);
      return optionsOf(words).some((option) => !`${text}${shared}`.includes(option));
    });
    expect(unknown).toEqual([]);
  });

  it("are moves and options of the evacuation", () => {
    const evacuation = after(/^npx mrgc-evacuate (.+)$/);
    const main = join(root, "packages/components/src/global-front-door/evacuation/main.ts");
    const { stderr, stdout } = spawnSync(process.execPath, [main, "--help"], { encoding: "utf8" });
    const usage = `${stderr}${stdout}`;
    expect(usage).toContain("Usage: mrgc-evacuate <evacuate|return>");
    const unknown = evacuation.filter(
      ({ words: [move = "", ...words] }) =>
        !["evacuate", "return"].includes(move) || optionsOf(words).some((option) => !usage.includes(option)),
    );
    expect(evacuation.length).toBeGreaterThan(2);
    expect(unknown).toEqual([]);
  });

  it("name files and folders that are there", () => {
    const named = [
      ...after(/^node (\S+\.(?:ts|mjs|js))/).filter(({ words: [file = ""] }) => file.includes("/")),
      ...after(/--policy-pack (\S+)/),
      ...after(/^npx vitest run (\S+)/),
    ].filter(({ words: [file = ""] }) => !/^(node_modules\/|dist\/|<)/.test(file));
    expect(named.filter(({ words: [file = ""] }) => !existsSync(join(root, file)))).toEqual([]);
  });
});
