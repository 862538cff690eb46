import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
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

/** A bundle that was made before, and the files it came from with their times of change. */
interface KeptBundle {
  inputs: Record<string, number>;
  code: string;
}

/** In the workspace: the bundle of the last run while no file of it changed, because each program would make them all again. */
function bundleFromSource(asset: LambdaAsset): string {
  const packageFolder = join(import.meta.dirname, "../..");
  const keptFile = join(packageFolder, "node_modules/.cache/mrgc-functions", `${asset}.json`);
  const kept = readKept(keptFile);
  if (kept !== undefined && Object.entries(kept.inputs).every(([file, changed]) => changedAt(file) === changed)) {
    return kept.code;
  }
  const bundle = makeBundle(asset, join(packageFolder, "src"));
  mkdirSync(dirname(keptFile), { recursive: true });
  // Renamed into place: several programs may start at once.
  const written = `${keptFile}.${process.pid}`;
  writeFileSync(written, JSON.stringify(bundle));
  renameSync(written, keptFile);
  return bundle.code;
}

function makeBundle(asset: LambdaAsset, source: string): KeptBundle {
  const { buildSync } = createRequire(import.meta.filename)("esbuild") as typeof esbuild;
  const { outputFiles, metafile } = buildSync({
    ...lambdaBundling,
    external: [...lambdaBundling.external],
    absWorkingDir: source,
    entryPoints: [lambdaAssets[asset]],
    write: false,
    metafile: true,
  });
  const own = [join(import.meta.dirname, "lambda-assets.ts"), import.meta.filename];
  const files = [...Object.keys(metafile.inputs).map((file) => join(source, file)), ...own];
  return {
    inputs: Object.fromEntries(files.map((file) => [file, changedAt(file)])),
    code: outputFiles[0]?.text ?? "",
  };
}

function readKept(file: string): KeptBundle | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as KeptBundle) : undefined;
}

/** Milliseconds; -1 for a file that is gone. */
function changedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}
