import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Somebody else's package of which a part lies in our bundles. */
export interface BundledPackage {
  name: string;
  version: string;
  /** SPDX expression. */
  license: string;
}

/** The files of a bundle, as absolute paths. */
export function inputsOf(metafile: { inputs: object }, workingDir: string): string[] {
  return Object.keys(metafile.inputs).map((input) => join(workingDir, input));
}

/**
 * Writes who wrote what is bundled: `bundled.json` for the bill of materials, and the licence texts, which every one of
 * these licences wants to travel with the code.
 *
 * @param inputs the files of every bundle
 * @param out folder that is published
 * @throws Error when a package names no licence.
 */
export function writeThirdParty(inputs: readonly string[], out: string): void {
  const folders = new Map<string, BundledPackage>();
  for (const path of inputs) {
    if (path.includes("node_modules")) {
      const folder = packageFolder(path);
      folders.set(folder, manifestOf(folder));
    }
  }
  const bundled = [...folders].sort(([, left], [, right]) => left.name.localeCompare(right.name, "en"));
  const texts = bundled.map(
    ([folder, { name, version, license }]) => `${name} ${version} (${license})\n\n${licenseText(folder, license)}`,
  );
  const unique = new Map(bundled.map(([, entry]) => [`${entry.name}@${entry.version}`, entry]));
  writeFileSync(join(out, "bundled.json"), `${JSON.stringify([...unique.values()], undefined, 2)}\n`);
  writeFileSync(join(out, "THIRD-PARTY-LICENSES.txt"), `${texts.join(`\n${"-".repeat(80)}\n\n`)}\n`);
}

/** The package's own folder: the nearest with a named manifest. */
function packageFolder(path: string): string {
  let folder = dirname(path);
  for (;;) {
    const file = join(folder, "package.json");
    if (existsSync(file) && (JSON.parse(readFileSync(file, "utf8")) as { version?: string }).version !== undefined) {
      return folder;
    }
    folder = dirname(folder);
  }
}

function manifestOf(folder: string): BundledPackage {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as BundledPackage;
  if (typeof license !== "string") {
    throw new Error(`${name} ${version} is bundled and names no licence`);
  }
  return { name, version, license };
}

function licenseText(folder: string, license: string): string {
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  return file === undefined
    ? `The package names the licence ${license} and carries no text of it: https://spdx.org/licenses/${license}.html`
    : readFileSync(join(folder, file), "utf8").trim();
}
