// npm run bench -- <name>: one of benchmarks/*, with everything set up.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root, runNode, setUp } from "./setup.mjs";

const [name = "", ...args] = process.argv.slice(2);
const file = join("benchmarks", name, `${name}.ts`);
if (name === "" || !existsSync(join(root, file))) {
  const known = readdirSync(join(root, "benchmarks")).filter((entry) =>
    existsSync(join(root, "benchmarks", entry, `${entry}.ts`)),
  );
  process.stderr.write(`Say which: npm run bench -- ${known.join(" | ")}\n`);
  process.exit(1);
}
process.exitCode = await runNode([file, ...args], await setUp());
