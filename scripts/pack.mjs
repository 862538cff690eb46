// node scripts/pack.mjs <folder>: the tarballs of a release, each with its bill of materials beside it.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { billOfMaterials } from "./sbom.mjs";
import { pnpmVersion, root, setUp } from "./setup.mjs";

const published = ["packages/components", "policy-pack"];

const [target] = process.argv.slice(2);
if (target === undefined) {
  process.stderr.write("Say where to: node scripts/pack.mjs release\n");
  process.exit(1);
}
const out = resolve(target);
mkdirSync(out, { recursive: true });
const env = await setUp();
for (const folder of published) {
  const before = new Set(readdirSync(out));
  const pack = ["--yes", `pnpm@${pnpmVersion}`, "pack", "--pack-destination", out];
  const { status } = spawnSync("npx", pack, { cwd: join(root, folder), env, stdio: "inherit" });
  const tarball = readdirSync(out).find((file) => file.endsWith(".tgz") && !before.has(file));
  if (status !== 0 || tarball === undefined) {
    process.stderr.write(`${folder} could not be packed into an empty ${target}\n`);
    process.exit(1);
  }
  const { name } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  const bill = await billOfMaterials(name, folder, env);
  writeFileSync(join(out, tarball.replace(/\.tgz$/, ".cdx.json")), `${JSON.stringify(bill, undefined, 2)}\n`);
}
