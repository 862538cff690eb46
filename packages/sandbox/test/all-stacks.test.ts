/** The repository's own stacks, through the embedded engine with the policy pack: what `npm start` does, and what follows it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { CheckpointStore } from "../src/checkpoint/store.ts";
import type { StackReport } from "../src/display/summary.ts";
import { openPlugins } from "../src/engine/plugins.ts";
import { RunKind } from "../src/engine/stack-set.ts";
import { readProject } from "../src/project/project.ts";
import { readStackConfig } from "../src/project/stack-config.ts";
import { run as runWith, type RunOverrides } from "./support/workspace.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const project = readProject(root);
const regions = ["us-east-1", "us-east-2", "us-west-2"];
const stacks = [...regions, "global"];
const stateDirectory = mkdtempSync(join(tmpdir(), "all-stacks-"));
afterAll(() => rmSync(stateDirectory, { recursive: true, force: true }));

async function run(kind: RunKind, overrides: RunOverrides = {}): Promise<Map<string, StackReport>> {
  const { endpoints, close } = await openPlugins(stateDirectory);
  try {
    return await runWith(kind, { directory: root }, 0, {
      stacks,
      stateDirectory,
      endpoints: Promise.resolve(endpoints),
      ...overrides,
    });
  } finally {
    close();
  }
}

/** Kinds of the steps of a stack; reading the outputs of the regions is a step of `global` in every run. */
const kindsOf = ({ stack, counts }: StackReport): string[] =>
  Object.keys(counts).filter((kind) => stack !== "global" || (kind !== "read" && kind !== "discard"));

/** What is not "same", as `kind name`. */
const changes = (report: StackReport): string[] =>
  report.steps
    .filter(({ kind }) => kind !== "same")
    .map(({ kind, urn }) => `${kind} ${urn.split("::").at(-1)}`)
    .sort();

describe("the repository's stacks", { timeout: 600_000 }, () => {
  it("come up under the policy pack without a mandatory finding", async () => {
    const reports = await run(RunKind.Up, { policyPacks: [join(root, "policy-pack")] });
    for (const stack of stacks) {
      const report = reports.get(stack)!;
      const { succeeded, findings, diagnostics } = report;
      expect({
        stack,
        succeeded,
        findings: findings.filter(({ level }) => level === "mandatory"),
        errors: diagnostics.filter(({ severity }) => severity === "error"),
        kinds: kindsOf(report),
      }).toEqual({ stack, succeeded: true, findings: [], errors: [], kinds: ["create"] });
    }
  });

  it("are unchanged by a refresh and a second up", async () => {
    for (const kind of [RunKind.Refresh, RunKind.Up]) {
      for (const [stack, report] of await run(kind)) {
        expect({ kind, stack, succeeded: report.succeeded, kinds: kindsOf(report) }).toEqual({
          kind,
          stack,
          succeeded: true,
          kinds: [kind === RunKind.Refresh ? "refresh" : "same"],
        });
      }
    }
  });

  it("change only what depends on a size that changes", async () => {
    const { values } = await readStackConfig(project, "us-east-1");
    const gpu = JSON.parse(values["mrgc:gpu"]!) as { maxPerZone: number };
    const report = (
      await run(RunKind.Up, {
        stacks: ["us-east-1"],
        configOverrides: { "mrgc:gpu": JSON.stringify({ ...gpu, maxPerZone: gpu.maxPerZone + 1 }) },
      })
    ).get("us-east-1")!;
    expect(report.succeeded).toBe(true);
    // A group for each zone, and the network, which is told how many addresses are needed.
    expect(changes(report)).toEqual([
      "update mrgc-gpu-gpu-use1-az1-on-demand",
      "update mrgc-gpu-gpu-use1-az2-on-demand",
      "update mrgc-gpu-gpu-use1-az4-on-demand",
      "update mrgc-network",
    ]);
  });

  it("leave nothing behind when they are destroyed", async () => {
    const reports = await run(RunKind.Destroy);
    for (const stack of stacks) {
      expect({ stack, kinds: kindsOf(reports.get(stack)!) }).toEqual({ stack, kinds: ["delete"] });
      const store = new CheckpointStore(join(stateDirectory, project.name, stack));
      expect(store.read()?.deployment.resources ?? []).toEqual([]);
    }
  });
});
