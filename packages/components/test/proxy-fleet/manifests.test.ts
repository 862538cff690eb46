import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pythonTools } from "../../../../test/support/python-tools.ts";
import { testAnswers, testArgs } from "../../src/proxy-fleet/fixtures.ts";
import { ProxyFleet } from "../../src/proxy-fleet/proxy-fleet.ts";
import { recorded } from "../../src/testing/recorded.ts";

const run = promisify(execFile);
let folder: string;
let files: string[];
let bin: (program: string) => string;

beforeAll(async () => {
  ({ bin } = await pythonTools());
  folder = mkdtempSync(join(tmpdir(), "mrgc-manifests-"));
  const args = testArgs({ requestMetric: { name: "requests", perPod: 50_000 } });
  const { resources } = await recorded(() => new ProxyFleet("proxies", args), testAnswers);
  files = resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(({ name, inputs }) => {
      const file = join(folder, `${name}-${String(inputs.kind)}.json`);
      writeFileSync(file, JSON.stringify(inputs));
      return file;
    });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Kinds that Kubernetes has no schema of: their definitions come with add-ons, and with the load balancer controller. */
const custom = ["Certificate", "Issuer", "SecretProviderClass", "TargetGroupBinding"];

describe("the objects in the cluster", { timeout: 120_000 }, () => {
  it.each(["1.34", "1.35", "1.36"])("are valid for Kubernetes %s, to the last property", async (version) => {
    const builtIn = files.filter((file) => !custom.some((kind) => file.endsWith(`-${kind}.json`)));
    const { stdout, stderr } = await run(bin("kubernetes-validate"), ["-k", version, "--strict", ...builtIn]).catch(
      (error: { stdout: string; stderr: string }) => error,
    );
    const lines = (stdout + stderr).trim().split("\n");
    expect(lines.filter((line) => !line.startsWith("INFO"))).toEqual([]);
    expect(lines).toHaveLength(builtIn.length);
    expect(files.length - builtIn.length).toBe(5);
  });
});
