/** Finds a real Pulumi CLI on this machine. */
import { accessSync, closeSync, constants, openSync, readdirSync, readSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";

export interface CliSearch {
  /** The search path; PATH of this process. */
  path: string;
  /** Folder that `.pulumi` lies in. */
  home: string;
}

const binary = process.platform === "win32" ? "pulumi.exe" : "pulumi";

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK | constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The npm package `pulumi` puts a script of that name on the path that downloads the CLI; it is not one itself. */
function isDownloader(path: string): boolean {
  const head = Buffer.alloc(64);
  const file = openSync(path, "r");
  try {
    readSync(file, head, 0, head.length, 0);
  } finally {
    closeSync(file);
  }
  const text = head.toString("latin1");
  const throughNpm = realpathSync(path).includes("node_modules") || path.includes(join("node_modules", ".bin"));
  return text.startsWith("#!") && (throughNpm || /^#!.*\bnode\b/.test(text));
}

/** CLIs that the npm package downloaded earlier, newest first. */
function cachedClis(home: string): string[] {
  const versions = join(home, ".pulumi", "versions");
  let names: string[];
  try {
    names = readdirSync(versions);
  } catch {
    return [];
  }
  const newestFirst = names.sort((left, right) => right.localeCompare(left, "en", { numeric: true }));
  return newestFirst.flatMap((name) => [join(versions, name, "bin", binary), join(versions, name, binary)]);
}

/** The first CLI on the search path, else one that was downloaded earlier; undefined when there is none. */
export function findCli(search: CliSearch = { path: process.env.PATH ?? "", home: homedir() }): string | undefined {
  const onPath = search.path
    .split(delimiter)
    .filter(Boolean)
    .map((directory) => join(directory, binary));
  const candidates = [...onPath, join(search.home, ".pulumi", "bin", binary), ...cachedClis(search.home)];
  return candidates.find((path) => isExecutable(path) && !isDownloader(path));
}

/** The npm package's script, which downloads a CLI at its first call where the network allows. */
export function findDownloader(projectRoot: string): string | undefined {
  try {
    const require = createRequire(join(projectRoot, "package.json"));
    const manifest = require.resolve("pulumi/package.json");
    const { bin } = require(manifest) as { bin?: string | Record<string, string> };
    const script = typeof bin === "string" ? bin : bin?.pulumi;
    return script && join(dirname(manifest), script);
  } catch {
    return undefined;
  }
}
