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

/** Findings of Checkov that are meant, and why. */
const meant: Record<string, string> = {
  CKV_K8S_11: "a CPU limit slows a pod down while its node idles",
  CKV_K8S_15: "an image with a version does not change; Always makes every start wait for the registry",
  CKV_K8S_38: "the two controllers speak to the Kubernetes API",
  CKV_K8S_43: "defaults are tags because a digest names one architecture's mirror; production passes image@sha256",
  CKV2_K8S_6: "the controllers call AWS and the API server only, from nodes of their own",
};

// Making Checkov's environment takes most of a minute, once.
it("gives Checkov no finding without a reason, and no reason without a finding", { timeout: 660_000 }, async () => {
  const checkov = (await pythonTools("checkov")).bin("checkov");
  const args = ["-d", folder, "--framework", "kubernetes", "--compact", "--quiet", "--soft-fail", "-o", "json"];
  const { stdout } = await run(checkov, args, { maxBuffer: 64 * 2 ** 20 });
  const { results, summary } = JSON.parse(stdout) as {
    results: { failed_checks: { check_id: string }[] };
    summary: { passed: number };
  };
  const found = new Set(results.failed_checks.map(({ check_id: id }) => id));
  expect([...found].sort()).toEqual(Object.keys(meant).sort());
  expect(summary.passed).toBeGreaterThan(250);
});
