import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as esbuild from "esbuild";
import { lambdaAssets, lambdaBundling, type LambdaAsset } from "./lambda-assets.ts";

const bundled = new Map<LambdaAsset, string>();

/**
 * The code of a shipped function as one ES module. The published package carries it as a file; in the workspace it is
 * bundled from source on first use, so that nobody has to know of a build step.
 */
export function lambdaCode(asset: LambdaAsset): string {
  let code = bundled.get(asset);
  if (code === undefined) {
    const published = join(import.meta.dirname, "functions", `${asset}.mjs`);
    code = existsSync(published) ? readFileSync(published, "utf8") : bundleFromSource(asset);
    bundled.set(asset, code);
  }
  return code;
}

function bundleFromSource(asset: LambdaAsset): string {
  const { buildSync } = createRequire(import.meta.filename)("esbuild") as typeof esbuild;
  const source = join(import.meta.dirname, "..");
  const result = buildSync({
    ...lambdaBundling,
    external: [...lambdaBundling.external],
    absWorkingDir: source,
    entryPoints: [lambdaAssets[asset]],
    write: false,
  });
  return result.outputFiles[0]?.text ?? "";
}
