import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { families } from "../src/rule.ts";

const policies = join(import.meta.dirname, "..", "src", "policies");

/**
 * The text of `src/policies/index.ts`: every rule file of every family's folder. Run after adding a rule, before `generate.ts`:
 * `node scripts/rules-index.ts`. A test holds the file to the folders.
 *
 * @throws Error when a file exports no rule, or more than one.
 */
export async function rulesIndex(): Promise<string> {
  const rules = Object.keys(families).flatMap((family) =>
    readdirSync(join(policies, family))
      .filter((file) => file.endsWith(".ts"))
      .sort()
      .map((file) => ({ path: `./${family}/${file}`, name: exportOf(join(policies, family, file)) })),
  );
  const names = rules.map(({ name }) => name).join(", ");
  const text = [
    "// Written by scripts/rules-index.ts from the files of each family's folder.",
    'import type { Rule } from "../rule.ts";',
    ...rules.map(({ path, name }) => `import { ${name} } from "${path}";`),
    "",
    "/** Every rule of the pack, in the order of the catalogue. */",
    `export const allRules: readonly Rule[] = [${names}];`,
    "",
    `export { ${names} };`,
  ].join("\n");
  return format(text, { filepath: "index.ts", printWidth: 120 });
}

function exportOf(file: string): string {
  const names = [...readFileSync(file, "utf8").matchAll(/^export const (\w+) = (?:resource|stack)Rule\(/gm)].map(
    (match) => match[1],
  );
  const [name] = names;
  if (name === undefined || names.length !== 1) {
    throw new Error(`${file} exports ${names.length} rules; a file holds one`);
  }
  return name;
}

if (import.meta.main) {
  writeFileSync(join(policies, "index.ts"), await rulesIndex());
}
