import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");

describe("the published package", () => {
  let folder: string;

  beforeAll(() => {
    // A folder outside the workspace with what `npm publish` would send, and the SDKs beside it.
    folder = mkdtempSync(join(tmpdir(), "policy-pack-"));
    execFileSync(process.execPath, [join(root, "scripts", "build.ts")], { cwd: root });
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      publishConfig: object;
      files: string[];
    };
    const installed = join(folder, "node_modules", "@mrgc", "policy-pack");
    mkdirSync(installed, { recursive: true });
    writeFileSync(join(installed, "package.json"), JSON.stringify({ ...manifest, ...manifest.publishConfig }));
    for (const file of manifest.files) {
      cpSync(join(root, file), join(installed, file), { recursive: true });
    }
    symlinkSync(join(root, "node_modules", "@pulumi"), join(folder, "node_modules", "@pulumi"));
  });

  const run = (code: string) => execFileSync(process.execPath, ["-e", code], { cwd: folder, encoding: "utf8" });

  it("gives its rules to a pack written in CommonJS, and starts no server for it", () => {
    const count = run(
      'const { allRules, policiesOf } = require("@mrgc/policy-pack/rules"); console.log(policiesOf(allRules).length)',
    );
    expect(Number(count)).toBeGreaterThan(60);
  });

  it("gives single rules, by import as well", () => {
    const code =
      'import { allRules, judgeResource, Field } from "@mrgc/policy-pack/rules"; const rule = allRules.find(({ id }) => id === "ebs-encrypted"); console.log(judgeResource(rule, { type: "aws:ebs/volume:Volume", name: "v", urn: "u", props: new Field({}), opts: {}, provider: new Field({}) }).result)';
    expect(
      execFileSync(process.execPath, ["--input-type=module", "-e", code], { cwd: folder, encoding: "utf8" }).trim(),
    ).toBe("broken");
  });

  it("starts as a pack from its own folder, the way Pulumi starts it", () => {
    const runner = run('console.log(require.resolve("@pulumi/pulumi/cmd/run-policy-pack"))').trim();
    const pack = join(folder, "node_modules", "@mrgc", "policy-pack");
    const code = `
      const child = require("node:child_process").spawn(process.execPath, [${JSON.stringify(runner)}, "127.0.0.1:1", ${JSON.stringify(pack)}], { cwd: ${JSON.stringify(pack)}, stdio: ["ignore", "pipe", "inherit"] });
      child.stdout.once("data", (port) => { process.stdout.write(port); child.kill(); });`;
    expect(Number(run(code))).toBeGreaterThan(0);
  });

  it("carries a configuration file for each preset", () => {
    const presets = run(
      'for (const name of ["baseline", "strict", "pci", "hipaa"]) console.log(Object.keys(require("@mrgc/policy-pack/presets/" + name + ".json")).length > 60)',
    );
    expect(presets.trim().split("\n")).toEqual(["true", "true", "true", "true"]);
  });
});
