// Bundles the controller into files that run on a plain Node 22, with nothing beside them: what @mrgc/components ships.
import { chmodSync, statSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");
// One file each: the command and service, and the Lambda handler.
for (const [entry, name] of [
  ["main", "hot-tier"],
  ["lambda", "hot-tier-lambda"],
]) {
  const outfile = join(root, "dist", `${name}.mjs`);
  await build({
    entryPoints: [join(root, "src", `${entry}.ts`)],
    outfile,
    bundle: true,
    minify: true,
    legalComments: "none",
    platform: "node",
    target: "node22",
    format: "esm",
    // Dependencies that are CommonJS ask for `require`.
    banner: { js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);" },
  });
  chmodSync(outfile, 0o755);
  process.stdout.write(`${name}.mjs: ${(statSync(outfile).size / 1024).toFixed(0)} KiB\n`);
}
