import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { format } from "prettier";
import { cataloguePage } from "../src/catalogue/page.ts";
import { allRules, presetConfig, presetNames } from "../src/rules.ts";

const root = join(import.meta.dirname, "..", "..");

/** What is generated from the rules, by path from the repository's root: the catalogue page and a configuration file for each preset. */
export async function generatedFiles(): Promise<Record<string, string>> {
  const presets = presetNames.map((preset) => [
    `policy-pack/presets/${preset}.json`,
    JSON.stringify(presetConfig(preset, allRules), undefined, 2),
  ]);
  const files: Record<string, string> = { "docs/policies.md": cataloguePage(allRules), ...Object.fromEntries(presets) };
  for (const [path, text] of Object.entries(files)) {
    files[path] = await format(text, { filepath: path, printWidth: 120 });
  }
  return files;
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(await generatedFiles())) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
