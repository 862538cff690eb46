import { readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { lambdaAssets, type LambdaAsset } from "./lambda-assets.ts";

const source = join(import.meta.dirname, "..");
const keptFile = join(source, "../node_modules/.cache/mrgc-functions/tenant-endpoint-probe.json");

/** The module anew, as another program would load it. */
async function freshLambdaCode(): Promise<(asset: LambdaAsset) => string> {
  vi.resetModules();
  return (await import("./lambda-code.ts")).lambdaCode;
}

describe("a function's code from source", () => {
  const handler = join(source, lambdaAssets["tenant-endpoint-probe"]);
  const { atime, mtime } = statSync(handler);

  afterEach(() => {
    utimesSync(handler, atime, mtime);
  });

  it("is one ES module with a handler", async () => {
    const code = (await freshLambdaCode())("tenant-endpoint-probe");
    expect(code).toMatch(/export\s*\{[^}]*\bhandler\b/);
  });

  it("is kept while nothing changed, and made again when a file did", async () => {
    (await freshLambdaCode())("tenant-endpoint-probe");
    const kept = JSON.parse(readFileSync(keptFile, "utf8")) as { code: string };
    writeFileSync(keptFile, JSON.stringify({ ...kept, code: "kept" }));
    expect((await freshLambdaCode())("tenant-endpoint-probe")).toBe("kept");
    utimesSync(handler, atime, new Date(mtime.getTime() + 5000));
    expect((await freshLambdaCode())("tenant-endpoint-probe")).toBe(kept.code);
  });
});
