import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Writes `src/policies/tagging/taggable-types.json`: the tokens of @pulumi/aws resources that take a map of `tags`, read from the SDK's
 * own declarations. Run after an update of @pulumi/aws: `node scripts/taggable-types.ts <folder of @pulumi/aws>`.
 */
export function taggableTypes(sdk: string): string[] {
  const tokens: string[] = [];
  const folders = readdirSync(sdk, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !["node_modules", "types"].includes(entry.name),
  );
  for (const folder of folders) {
    const path = join(sdk, folder.name);
    for (const file of readdirSync(path).filter((name) => name.endsWith(".d.ts") && !name.startsWith("get"))) {
      const declaration = readFileSync(join(path, file), "utf8");
      const args = declaration.split(/^export interface \w+Args \{/m)[1] ?? "";
      if (!/^ {4}tags\?: pulumi\.Input<\{/m.test(args)) {
        continue;
      }
      const token = /__pulumiType = '([^']+)'/.exec(
        readFileSync(join(path, file.replace(/\.d\.ts$/, ".js")), "utf8"),
      )?.[1];
      if (token !== undefined) {
        tokens.push(token);
      }
    }
  }
  return [...new Set(tokens)].sort();
}

if (import.meta.main) {
  const sdk = process.argv[2];
  if (sdk === undefined) {
    throw new Error("Say where @pulumi/aws is installed: node scripts/taggable-types.ts node_modules/@pulumi/aws");
  }
  const target = join(import.meta.dirname, "..", "src", "policies", "tagging", "taggable-types.json");
  writeFileSync(target, `${JSON.stringify(taggableTypes(sdk), undefined, 2)}\n`);
}
