import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { lambdaAssets, lambdaBundling } from "../src/building-blocks/lambda-assets.ts";
import { checkSchema } from "./schema.ts";
import { inputsOf, writeThirdParty } from "./third-party.ts";

const here = join(import.meta.dirname, "..");
const dist = join(here, "dist");
const require = createRequire(import.meta.url);

/**
 * Makes what is published: one CommonJS file, which every program can load (Pulumi's own SDKs are CommonJS too), and
 * one declaration file; the same for the planners alone, which load no SDK; and the plugin for other languages around
 * them. `--local` accepts a changed API report and schema; CI compares them.
 */
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

const library: BuildOptions = {
  absWorkingDir: here,
  outdir: "dist",
  bundle: true,
  packages: "external",
  platform: "node",
  target: "node22",
  format: "cjs",
  define: { "import.meta.dirname": "__dirname", "import.meta.filename": "__filename" },
};
await build({ ...library, entryPoints: { index: "src/index.ts", plans: "src/plans/index.ts" } });
await build({
  ...library,
  entryPoints: { plugin: "src/plugin/main.ts" },
  // The library itself is built above.
  plugins: [
    {
      name: "library-outside",
      setup: ({ onResolve }) => onResolve({ filter: /\/index\.ts$/ }, () => ({ path: "./index.js", external: true })),
    },
  ],
});
const functions = await build({
  ...lambdaBundling,
  external: [...lambdaBundling.external],
  metafile: true,
  absWorkingDir: join(here, "src"),
  entryPoints: Object.entries(lambdaAssets).map(([out, entry]) => ({ in: entry, out })),
  outdir: "../dist/functions",
  outExtension: { ".js": ".mjs" },
});
// Programs of the cache nodes, read when a program plans them.
cpSync(join(here, "src/hot-tier-redis/node-scripts"), join(dist, "node-scripts"), { recursive: true });
cpSync(join(here, "src/regional-gpu-cluster/host-scripts"), join(dist, "host-scripts"), { recursive: true });
const evacuate = await build({
  absWorkingDir: here,
  metafile: true,
  entryPoints: ["src/global-front-door/evacuation/main.ts"],
  outfile: "dist/evacuate.mjs",
  bundle: true,
  platform: "node",
  target: "node22",
  format: "esm",
  // The AWS SDK is CommonJS inside, and asks for Node's own modules as such.
  banner: {
    js: '#!/usr/bin/env node\nimport { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);',
  },
});
writeThirdParty([...inputsOf(functions.metafile, join(here, "src")), ...inputsOf(evacuate.metafile, here)], dist);
writeFileSync(join(dist, "package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);

checkSchema(process.argv.includes("--local"));
run("typescript/bin/tsc", ["-p", "tsconfig.build.json"]);
run("@microsoft/api-extractor/bin/api-extractor", ["run", "--config", "api-extractor.json", ...process.argv.slice(2)]);
run("@microsoft/api-extractor/bin/api-extractor", ["run", "--config", "api-extractor.plans.json"]);
rmSync(join(dist, "types"), { recursive: true });
rmSync(join(dist, "tmp"), { recursive: true, force: true });

function run(program: string, args: string[]): void {
  const [scope, name] = program.startsWith("@") ? program.split("/").slice(0, 2) : ["", program.split("/")[0]];
  const packageFolder = dirname(require.resolve(`${scope === "" ? "" : `${scope}/`}${name}/package.json`));
  const file = program
    .split("/")
    .slice(scope === "" ? 1 : 2)
    .join("/");
  execFileSync(process.execPath, [join(packageFolder, file), ...args], { cwd: here, stdio: "inherit" });
}
