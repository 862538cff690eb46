import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..");
const components = join(root, "packages/components");
const pnpm = ["--yes", "pnpm@12.21.0"];
const minutes = 60_000;
/** Outside of the workspace, so that nothing of it can be found by accident. */
const outside = mkdtempSync(join(tmpdir(), "mrgc-package-"));
let tarball: string;

beforeAll(async () => {
  await run(process.execPath, ["scripts/build.ts"], { cwd: components });
  await run("npx", [...pnpm, "pack", "--pack-destination", outside], { cwd: components });
  tarball = join(outside, readdirSync(outside).find((file) => file.endsWith(".tgz")) ?? "");
}, 5 * minutes);

afterAll(() => {
  rmSync(outside, { recursive: true, force: true });
});

/** A folder with an example's program and the library installed from the tarball. */
async function installed(name: string, manifest: Record<string, unknown>, example: string): Promise<string> {
  const folder = join(outside, name);
  mkdirSync(folder);
  cpSync(join(components, "examples", example), folder, { recursive: true });
  const { dependencies } = createRequire(import.meta.url)("../packages/sandbox/package.json") as {
    dependencies: Record<string, string>;
  };
  expect(dependencies["@pulumi/pulumi"]).toBe("catalog:");
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({
      name,
      private: true,
      ...manifest,
      dependencies: {
        "@mrgc/components": `file:${tarball}`,
        "@pulumi/aws": "7.48.0",
        "@pulumi/pulumi": "3.270.0",
        typescript: "6.0.3",
      },
    }),
  );
  await run("npx", [...pnpm, "install", "--prefer-offline", "--ignore-scripts"], { cwd: folder });
  return folder;
}

async function sandbox(folder: string, command: string, stack: string): Promise<{ counts: Record<string, number> }> {
  const main = join(root, "packages/sandbox/src/main.ts");
  const { stdout } = await run(
    process.execPath,
    [main, command, "--cwd", folder, "--stack", stack, "--engine", "embedded", "--json"],
    { cwd: root, maxBuffer: 64 * 1024 * 1024 },
  );
  const report = JSON.parse(stdout) as { stacks: { counts: Record<string, number> }[] };
  const [only] = report.stacks;
  if (only === undefined) {
    throw new Error("no stack was reported");
  }
  return only;
}

describe("the packed tarball of @mrgc/components", () => {
  it("is below a megabyte", () => {
    expect(statSync(tarball).size).toBeLessThan(1024 * 1024);
  });

  it("is what publint and attw call clean", async () => {
    await run(process.execPath, [join(components, "node_modules/publint/src/cli.js"), "--strict", tarball]);
    await run(process.execPath, [join(components, "node_modules/@arethetypeswrong/cli/dist/index.js"), tarball]);
  });

  it.each([
    ["one component alone in a foreign program that is an ES module", "esm", { type: "module" }, "hot-tier", "dev"],
    ["one component alone in a foreign program that is CommonJS", "cjs", {}, "hot-tier", "dev"],
    ["a tenant's endpoints in two regions", "tenant", { type: "module" }, "tenant-endpoint", "production"],
  ])(
    "runs %s",
    async (_, name, manifest, example, stack) => {
      const folder = await installed(name, manifest, example);
      const first = await sandbox(folder, "up", stack);
      expect(first.counts.create).toBeGreaterThan(50);
      const second = await sandbox(folder, "up", stack);
      expect(second.counts).toEqual({ same: first.counts.create });
      const gone = await sandbox(folder, "destroy", stack);
      expect(gone.counts.delete).toBe(first.counts.create);
    },
    5 * minutes,
  );
});
