/** Policy packs in processes of their own: findings, remediations, settings, and what stops what. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { PolicyPack } from "../src/engine/policy-pack.ts";
import { RunKind } from "../src/engine/stack-set.ts";
import { processesOf } from "./support/command.ts";
import { graphProgram } from "./support/graph-program.ts";
import { startTestProvider, type TestProvider } from "./support/test-provider.ts";
import { makeWorkspace, policyPackFiles, runDev, stepsOf, type Workspace } from "./support/workspace.ts";

let provider: TestProvider;
let workspace: Workspace;

beforeAll(async () => {
  process.env.PULUMI_CONFIG_PASSPHRASE = "";
  provider = await startTestProvider();
});
afterAll(() => provider.stop());
afterEach(() => {
  workspace.remove();
  provider.cloud.clear();
});

/** A workspace with a pack whose rules are given as the source of a list. */
function withPack(rules: string): string {
  workspace = makeWorkspace();
  return policyPackFiles(workspace, rules);
}

const noZoneB = `{ name: "no-zone-b", description: "Zone b is closed.", enforcementLevel: "mandatory",
  validateResource: (args, report) => { if (args.props.zone === "b") report("zone b is closed; use zone a"); } }`;
const nodes = [
  { name: "a", uses: [], inputs: { zone: "b" } },
  { name: "c", uses: ["a"], inputs: { zone: "a" } },
  { name: "d", uses: ["a"], inputs: { zone: "b" } },
];
const run = (kind: RunKind, pack: string, policyConfig: Record<string, unknown> = {}, program = nodes) =>
  runDev(kind, workspace, provider.port, { startProgram: graphProgram(program), policyPacks: [pack], policyConfig });

describe("a mandatory violation", () => {
  it("fails a preview, which shows all of them with rule, resource and mend", async () => {
    const report = await run(RunKind.Preview, withPack(noZoneB));
    expect(report.succeeded).toBe(false);
    expect(report.findings.map(({ policy, urn, level }) => [policy, urn.split("::").at(-1), level])).toEqual([
      ["no-zone-b", "a", "mandatory"],
      ["no-zone-b", "d", "mandatory"],
    ]);
    expect(report.findings[0]?.message).toContain("zone b is closed; use zone a");
    expect(stepsOf(report).sort()).toEqual(["create a", "create c", "create d"]);
  });

  it("stops an up before the resource is made", async () => {
    const report = await run(RunKind.Up, withPack(noZoneB));
    expect(report.succeeded).toBe(false);
    expect(provider.cloud.size).toBe(0);
  });

  it("is advice, or nothing, when the configuration says so", async () => {
    const pack = withPack(noZoneB);
    const advice = await run(RunKind.Preview, pack, { "no-zone-b": "advisory" });
    expect([advice.succeeded, advice.findings.length]).toEqual([true, 2]);
    const off = await run(RunKind.Preview, pack, { all: { enforcementLevel: "disabled" } });
    expect([off.succeeded, off.findings.length]).toEqual([true, 0]);
    const wrong = await run(RunKind.Preview, pack, { "no-zone-c": "advisory" });
    expect(wrong.diagnostics.map(({ message }) => message)).toEqual(['policy config: fixture has no rule "no-zone-c"']);
  });
});

describe("a remediation", () => {
  it("changes the inputs before the resource is made, and a second up finds nothing to do", async () => {
    const pack = withPack(`{ name: "tag", description: "Adds a tag.", enforcementLevel: "remediate",
      remediateResource: (args) => args.type === "test:index:Thing" && !args.props.tag ? { ...args.props, tag: "added" } : undefined }`);
    const program = [{ name: "a", uses: [], inputs: { zone: "a" } }];
    const report = await run(RunKind.Up, pack, {}, program);
    expect(report.remediations.map(({ policy }) => policy)).toEqual(["tag"]);
    expect([...provider.cloud.values()][0]?.properties.tag).toBe("added");
    expect(stepsOf(await run(RunKind.Up, pack, {}, program))).toEqual(["same a"]);
  });
});

describe("a pack that does not answer", () => {
  it("for a resource is given up after the deadline, and named", async () => {
    const pack = withPack(`{ name: "loop", description: "Never ends.", enforcementLevel: "mandatory",
      validateResource: (args) => { for (;;) if (args.type !== "test:index:Thing") return; } }`);
    const report = await runDev(RunKind.Up, workspace, provider.port, {
      startProgram: graphProgram([{ name: "a", uses: [], inputs: {} }]),
      policyPacks: [pack],
      deadlineSeconds: 3,
    });
    expect(report.succeeded).toBe(false);
    expect(report.diagnostics.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^policy pack fixture did not answer in time \(urn:.*::a\); is a rule in an endless loop\?$/,
      ),
    ]);
    expect(provider.cloud.size).toBe(0);
    expect(await processesOf(workspace.directory)).toEqual([]);
  });

  it("at its start is given up as well", async () => {
    const directory = withPack("");
    workspace.write("pack/index.js", 'console.error("Error: no way"); setInterval(() => {}, 1000);');
    const start = PolicyPack.start({
      directory,
      config: {},
      stack: "dev",
      project: "demo",
      preview: true,
      stackConfig: {},
      stackSecretKeys: [],
      engineAddress: "127.0.0.1:1",
      cacheDirectory: workspace.directory,
      startDeadlineSeconds: 3,
      onOutput: () => undefined,
      onCancel: () => undefined,
    });
    await expect(start).rejects.toThrow(`the policy pack in ${directory} did not start within 3 s: `);
    expect(await processesOf(workspace.directory)).toEqual([]);
  });
});

describe("a rule about the whole stack", () => {
  it("sees every resource's outputs", async () => {
    const pack = withPack(`{ name: "few", description: "Few resources.", enforcementLevel: "mandatory",
      validateStack: (args, report) => { const things = args.resources.filter((r) => r.type === "test:index:Thing" && r.props.address); if (things.length > 2) report("too many: " + things.length); } }`);
    const report = await run(RunKind.Up, pack);
    expect(report.succeeded).toBe(false);
    expect(report.findings.map(({ policy, message }) => `${policy}: ${message.split("\n").at(-1)}`)).toEqual([
      "few: too many: 3",
    ]);
  });
});
