import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { install, packed, type Packed, sandbox, type StackRun, startPlugin, stored } from "./support/packed.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..");
const minutes = 60_000;
const examples = "packages/components/examples";
const pack = "node_modules/@mrgc/policy-pack";
/** The oldest SDK that the manifests of both packages admit. */
const oldestSdk = "3.204.0";
let there: Packed;

beforeAll(async () => {
  there = await packed();
}, 5 * minutes);

// Without a tarball there is nothing to remove.
afterAll(() => (there as Packed | undefined)?.remove());

const files = (tarball: string): string[] =>
  execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).trim().split("\n");
const tool = (name: string, file: string): string => join(root, "packages/components/node_modules", name, file);
const node = (code: string, ...options: string[]): string =>
  execFileSync(process.execPath, [...options, "-e", code], { cwd: there.folder, encoding: "utf8" }).trim();

describe("the tarballs", () => {
  it("are below a megabyte each, with the bundled functions", () => {
    expect(statSync(there.components).size).toBeLessThan(1024 * 1024);
    expect(files(there.components)).toContain("package/dist/functions/hot-tier-controller.mjs");
    expect(statSync(there.policyPack).size).toBeLessThan(1024 * 1024);
  });

  it("carry a licence, a README and the licences of what is bundled, and neither tests nor sources", () => {
    for (const tarball of [there.components, there.policyPack]) {
      expect(files(tarball)).toEqual(expect.arrayContaining(["package/LICENSE", "package/README.md"]));
      expect(files(tarball).filter((path) => /\.test\.|\/src\/|(?<!\.d)\.ts$|\.sandbox/.test(path))).toEqual([]);
    }
    expect(files(there.components)).toContain("package/dist/THIRD-PARTY-LICENSES.txt");
  });

  it(
    "are what publint and attw call clean",
    async () => {
      await run(process.execPath, [tool("publint", "src/cli.js"), "--strict", there.components]);
      await run(process.execPath, [tool("publint", "src/cli.js"), "--strict", there.policyPack]);
      const attw = tool("@arethetypeswrong/cli", "dist/index.js");
      await run(process.execPath, [attw, there.components]);
      // The pack itself is started, never imported: only its rules and its helper have types.
      await run(process.execPath, [attw, there.policyPack, "--entrypoints", "rules", "suppress"]);
    },
    2 * minutes,
  );
});

describe("a foreign program", () => {
  it.each([
    ["an ES module", "module", { module: "nodenext" }],
    ["CommonJS", "commonjs", { module: "nodenext" }],
    ["bundled", "module", { module: "esnext", moduleResolution: "bundler" }],
    // What Pulumi takes where a program has no tsconfig.json.
    ["CommonJS of old", "commonjs", { module: "commonjs", moduleResolution: "node10", ignoreDeprecations: "6.0" }],
  ])(
    "that is %s passes a strict type check",
    async (kind, type, resolution) => {
      const folder = there.program(`types-${kind.replaceAll(" ", "-")}`, examples, { type });
      // Beside the examples: the entries that they do not use.
      writeFileSync(
        join(folder, "others.ts"),
        'import { regionPlan } from "@mrgc/components/plans";\n' +
          'import { allRules } from "@mrgc/policy-pack/rules";\n' +
          'import { suppressed } from "@mrgc/policy-pack/suppress";\n' +
          "export const used = [regionPlan, allRules.length, suppressed];\n",
      );
      const compilerOptions = {
        ...resolution,
        target: "es2023",
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: true,
        noEmit: true,
        types: ["node"],
      };
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["**/*.ts"] }));
      await run(process.execPath, [join(there.folder, "node_modules/typescript/bin/tsc"), "-p", folder]);
    },
    5 * minutes,
  );

  it(
    "gets one Pulumi SDK from npm, its own, for itself, the components and the policies",
    async () => {
      const folder = join(there.folder, "by-npm");
      mkdirSync(folder);
      // The oldest that both take: an own copy for either would keep its resources out of the program's stack.
      const dependencies = {
        "@mrgc/components": `file:${there.components}`,
        "@mrgc/policy-pack": `file:${there.policyPack}`,
        "@pulumi/pulumi": oldestSdk,
      };
      writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "by-npm", private: true, dependencies }));
      await run("npm", ["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"], {
        cwd: folder,
      });
      const { packages } = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as {
        packages: Record<string, { version?: string }>;
      };
      const sdks = Object.entries(packages).filter(([path]) => path.endsWith("node_modules/@pulumi/pulumi"));
      expect(sdks.map(([path, { version }]) => [path, version])).toEqual([["node_modules/@pulumi/pulumi", oldestSdk]]);
    },
    2 * minutes,
  );

  it.each([
    ["one component alone, as an ES module", "hot-tier-esm", "hot-tier", "dev", { type: "module" }, 200],
    ["one component alone, as CommonJS", "hot-tier-cjs", "hot-tier", "dev", { type: "commonjs" }, 200],
    ["a tenant's endpoints in two regions", "tenant", "tenant-endpoint", "production", { type: "module" }, 50],
    ["two regions with a tenant", "two-regions", "two-regions", "dev", { type: "module" }, 450],
  ])(
    "runs %s: up, unchanged the second time, and gone",
    async (_, name, example, stack, manifest, resources) => {
      const folder = there.program(name, join(examples, example), manifest);
      const first = await sandbox(folder, "up", stack);
      expect(first.succeeded).toBe(true);
      expect(first.counts.create).toBeGreaterThan(resources);
      const second = await sandbox(folder, "up", stack);
      expect(second.counts).toEqual({ same: first.counts.create });
      const gone = await sandbox(folder, "destroy", stack);
      expect(gone.counts.delete).toBe(first.counts.create);
    },
    5 * minutes,
  );
});

describe("the policy pack on a foreign stack", () => {
  const broken = (result: StackRun): string[] => [...new Set(result.findings.map(({ policy }) => policy))].sort();

  it("refuses what its example's README says, and passes after the README's mend", async () => {
    const folder = there.program("foreign-stack", join(examples, "foreign-stack"));
    const options = { policyPack: join(there.folder, pack) };
    const refused = await sandbox(folder, "preview", "dev", options);
    expect(refused.succeeded).toBe(false);
    const readme = readFileSync(join(folder, "README.md"), "utf8");
    const promised = [...readme.matchAll(/^\| `([a-z-]+)`/gm)].map((match) => match[1] ?? "");
    expect(promised.length).toBe(4);
    expect(broken(refused)).toEqual(promised.sort());

    const mend = /^```diff\n([\s\S]*?)^```$/m.exec(readme)?.[1] ?? "";
    execFileSync("git", ["apply", "-p0"], { cwd: folder, input: mend });
    const mended = await sandbox(folder, "up", "dev", options);
    expect(broken(mended)).toEqual([]);
    expect(mended.succeeded).toBe(true);
  });

  it("starts from its own folder, the way Pulumi starts it", () => {
    const code = `
      const folder = ${JSON.stringify(join(there.folder, pack))};
      const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
      const child = require("node:child_process").spawn(process.execPath, [runner, "127.0.0.1:1", folder], { cwd: folder });
      child.stdout.once("data", (port) => { process.stdout.write(port); child.kill(); });`;
    expect(Number(node(code))).toBeGreaterThan(0);
  });

  it("gives its rules to other packs, by require and by import, and starts no server for them", () => {
    const count =
      'const { allRules, policiesOf } = require("@mrgc/policy-pack/rules"); console.log(policiesOf(allRules).length)';
    expect(Number(node(count))).toBeGreaterThan(60);
    const judge =
      'import { allRules, judgeResource, Field } from "@mrgc/policy-pack/rules"; const rule = allRules.find(({ id }) => id === "ebs-encrypted"); console.log(judgeResource(rule, { type: "aws:ebs/volume:Volume", name: "v", urn: "u", props: new Field({}), opts: {}, provider: new Field({}) }).result)';
    expect(node(judge, "--input-type=module")).toBe("broken");
  });

  it("carries a configuration file for each preset", () => {
    const presets =
      'for (const name of ["baseline", "strict", "pci", "hipaa"]) console.log(Object.keys(require("@mrgc/policy-pack/presets/" + name + ".json")).length > 60)';
    expect(node(presets).split("\n")).toEqual(["true", "true", "true", "true"]);
  });
});

describe("each component", () => {
  const program = "packages/components/test/programs/alone";
  const { resources } = JSON.parse(readFileSync(join(root, "packages/components/plugin/schema.json"), "utf8")) as {
    resources: Record<string, unknown>;
  };
  const components = Object.keys(resources).map((token) => token.split(":")[2] ?? "");

  it.each(components)("%s is planned alone in a foreign program", async (component) => {
    const folder = there.program(`alone-${component}`, program);
    const preview = await sandbox(folder, "preview", "dev", { env: { COMPONENTS: component } });
    expect(preview.succeeded).toBe(true);
    const own = preview.steps.filter(({ urn }) => urn.includes(`::mrgc:index:${component}`));
    expect(own.length).toBeGreaterThan(3);
  });

  it(
    "is built through the plugin, as programs in other languages have it, into the very same resources",
    async () => {
      const env = { COMPONENTS: components.join(",") };
      const library = there.program("through-library", program);
      expect((await sandbox(library, "up", "dev", { env })).succeeded).toBe(true);
      const plugin = await startPlugin(there.folder);
      const other = there.program("through-plugin", program);
      try {
        const attached = { ...env, THROUGH: "plugin", PULUMI_DEBUG_PROVIDERS: plugin.attach };
        const up = await sandbox(other, "up", "dev", { env: attached });
        expect(up.succeeded).toBe(true);
        expect((up.outputs.outputs as Record<string, object>).HotTierRedis).toMatchObject({ port: 6379 });
      } finally {
        plugin.process.kill();
      }
      const inputs = async (folder: string): Promise<Record<string, unknown>> => {
        const all = [...(await stored(folder, "dev")).values()].filter(({ type }) => !/^(mrgc|pulumi):/.test(type));
        return Object.fromEntries(all.map(({ urn, inputs }) => [urn, inputs]));
      };
      const expected = await inputs(library);
      expect(Object.keys(expected).length).toBeGreaterThan(450);
      expect(await inputs(other)).toEqual(expected);
    },
    5 * minutes,
  );
});

describe("a newcomer's stack", () => {
  it(
    "made by the last release is changed by this one without a replacement, and by a new version alone not at all",
    async () => {
      const stack = there.program("newcomer", join(examples, "hot-tier"));
      // A release tests against the one before it; elsewhere this very code plays it, under an older version.
      const releases = process.env.MRGC_PREVIOUS_RELEASES ?? "";
      const [release] = existsSync(releases) ? readdirSync(releases).filter((file) => file.endsWith(".tgz")) : [];
      const previous = release === undefined ? renamed(there.components, "0.0.0-earlier") : join(releases, release);
      await install(stack, { "@mrgc/components": previous });
      const before = await sandbox(stack, "up", "dev");
      expect(before.succeeded).toBe(true);

      await install(stack, { "@mrgc/components": there.components });
      const after = await sandbox(stack, "up", "dev");
      expect(after.succeeded).toBe(true);
      expect(after.steps.filter(({ kind }) => /replace|delete/.test(kind))).toEqual([]);
      if (release === undefined) {
        expect(after.counts).toEqual({ same: before.counts.create });
      }
      const gone = await sandbox(stack, "destroy", "dev");
      expect(gone.counts.delete).toBeGreaterThanOrEqual(before.counts.create ?? Infinity);
    },
    5 * minutes,
  );
});

/** The tarball again, under another version. */
function renamed(tarball: string, version: string): string {
  const folder = join(there.folder, `version-${version}`);
  mkdirSync(folder);
  execFileSync("tar", ["-xzf", tarball, "-C", folder]);
  const manifest = join(folder, "package/package.json");
  const content = JSON.parse(readFileSync(manifest, "utf8")) as object;
  writeFileSync(manifest, JSON.stringify({ ...content, version }));
  const target = join(there.folder, `components-${version}.tgz`);
  execFileSync("tar", ["-czf", target, "-C", folder, "package"]);
  return target;
}
