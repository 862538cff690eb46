import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");

/**
 * Builds `dist` for publishing: the pack, the rules alone and the helper for programs, each a CommonJS file, because Pulumi loads packs
 * with `require` and many are still written in CommonJS.
 */
await build({
  absWorkingDir: root,
  entryPoints: { index: "src/index.ts", rules: "src/rules.ts", suppress: "src/suppress.ts" },
  outdir: "dist",
  outExtension: { ".js": ".cjs" },
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  external: ["@pulumi/policy", "@pulumi/pulumi"],
  legalComments: "none",
});

// The declarations belong to CommonJS files, though the package's own sources are ES modules.
mkdirSync(join(root, "dist", "types"), { recursive: true });
writeFileSync(join(root, "dist", "types", "package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);
