/** Generated resource graphs: the order of dependence, a second run with nothing to do, and runs that end anywhere. */
import fc from "fast-check";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeploymentFile, ResourceV3 } from "../src/checkpoint/deployment-format.ts";
import { CheckpointStore } from "../src/checkpoint/store.ts";
import { RunKind } from "../src/engine/stack-set.ts";
import { graphProgram, type GraphNode } from "./support/graph-program.ts";
import { startTestProvider, type TestProvider } from "./support/test-provider.ts";
import { makeWorkspace, runDev, stepsOf, type Workspace } from "./support/workspace.ts";

let provider: TestProvider;

beforeAll(async () => {
  process.env.PULUMI_CONFIG_PASSPHRASE = "";
  provider = await startTestProvider();
});
afterAll(() => provider.stop());

/** A graph whose nodes use only earlier ones. */
const graphs = fc
  .array(
    fc.record({
      picks: fc.array(fc.nat(), { maxLength: 3 }),
      value: fc.integer({ min: 0, max: 3 }),
      zone: fc.constantFrom("x", "y"),
      exclusive: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((shapes): GraphNode[] =>
    shapes.map(({ picks, value, zone, exclusive }, index) => ({
      name: `n${index}`,
      uses: index === 0 ? [] : [...new Set(picks.map((pick) => `n${pick % index}`))],
      inputs: { value, zone, exclusive },
    })),
  );

async function withWorkspace(body: (workspace: Workspace) => Promise<void>): Promise<void> {
  const workspace = makeWorkspace();
  provider.cloud.clear();
  provider.log.length = 0;
  try {
    await body(workspace);
  } finally {
    workspace.remove();
  }
}

const stateDirectory = (workspace: Workspace): string => join(workspace.directory, ".sandbox", "demo", "dev");
const resourcesOf = (file: DeploymentFile | undefined): ResourceV3[] => file?.deployment.resources ?? [];

/** What a state says, without what differs from run to run. */
const essence = (workspace: Workspace) =>
  resourcesOf(new CheckpointStore(stateDirectory(workspace)).read())
    .filter(({ type }) => type === "test:index:Thing")
    .map(({ urn, inputs, dependencies }) => {
      const { value, zone, exclusive } = inputs as Record<string, unknown>;
      return JSON.stringify({ urn, value, zone, exclusive, dependencies });
    })
    .sort();

/** Every resource stands after what it depends on, as the CLI's integrity check wants it. */
function expectIntegrity(resources: ResourceV3[]): void {
  const seen = new Set<string>();
  for (const resource of resources) {
    const provided =
      typeof resource.provider === "string" ? [resource.provider.slice(0, resource.provider.lastIndexOf("::"))] : [];
    const needed = [
      ...((resource.dependencies as string[] | undefined) ?? []),
      ...provided,
      ...(resource.parent ? [resource.parent as string] : []),
    ];
    expect(needed.filter((urn) => !seen.has(urn))).toEqual([]);
    seen.add(resource.urn);
  }
}

describe("a generated graph", () => {
  it("is created in the order of dependence, and a second up changes nothing", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(graphs, (nodes) =>
        withWorkspace(async (workspace) => {
          const up = () => runDev(RunKind.Up, workspace, provider.port, { startProgram: graphProgram(nodes) });
          expect((await up()).succeeded).toBe(true);
          const created = provider.log.map((line) => line.split("::").at(-1)!);
          for (const node of nodes)
            for (const used of node.uses) expect(created.indexOf(used)).toBeLessThan(created.indexOf(node.name));
          const checkpoint = readFileSync(join(stateDirectory(workspace), "checkpoint.json"), "utf8");
          expectIntegrity(resourcesOf(JSON.parse(checkpoint) as DeploymentFile));
          expect(stepsOf(await up()).every((step) => step.startsWith("same"))).toBe(true);
          expect(readFileSync(join(stateDirectory(workspace), "checkpoint.json"), "utf8")).toBe(checkpoint);
        }),
      ),
      { numRuns: 25 },
    );
  });

  it("becomes another generated graph, as if that had been there from the start", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(graphs, graphs, async (before, after) => {
        let expected: string[] = [];
        await withWorkspace(async (workspace) => {
          await runDev(RunKind.Up, workspace, provider.port, { startProgram: graphProgram(after) });
          expected = essence(workspace);
        });
        await withWorkspace(async (workspace) => {
          await runDev(RunKind.Up, workspace, provider.port, { startProgram: graphProgram(before) });
          const report = await runDev(RunKind.Up, workspace, provider.port, { startProgram: graphProgram(after) });
          expect(report.diagnostics).toEqual([]);
          expect(essence(workspace)).toEqual(expected);
          expect(provider.cloud.size).toBe(after.length);
          expectIntegrity(resourcesOf(new CheckpointStore(stateDirectory(workspace)).read()));
        });
      }),
      { numRuns: 25 },
    );
  });

  it("ends in the same state when a run is stopped after any number of operations", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(graphs, graphs, fc.nat({ max: 12 }), (before, after, operations) =>
        withWorkspace(async (workspace) => {
          await runDev(RunKind.Up, workspace, provider.port, { startProgram: graphProgram(before) });
          const controller = new AbortController();
          const stopAt = provider.log.length + operations;
          const originalPush = provider.log.push.bind(provider.log);
          provider.log.push = (...lines) => {
            const length = originalPush(...lines);
            if (length >= stopAt) controller.abort();
            return length;
          };
          await runDev(RunKind.Up, workspace, provider.port, {
            startProgram: graphProgram(after),
            signal: controller.signal,
          });
          provider.log.push = originalPush;
          expectIntegrity(resourcesOf(new CheckpointStore(stateDirectory(workspace)).read()));
          expect(
            (await runDev(RunKind.Up, workspace, provider.port, { startProgram: graphProgram(after) })).succeeded,
          ).toBe(true);
          expect(provider.cloud.size).toBe(after.length);
          expect(essence(workspace)).toHaveLength(after.length);
        }),
      ),
      { numRuns: 25 },
    );
  });
});

describe("a journal", () => {
  it(
    "cut off at any byte yields a state that holds together and every finished resource",
    { timeout: 120_000 },
    async () => {
      const nodes: GraphNode[] = Array.from({ length: 12 }, (_, index) => ({
        name: `n${index}`,
        uses: index > 1 ? [`n${index - 2}`] : [],
        inputs: {},
      }));
      await withWorkspace(async (workspace) => {
        const directory = stateDirectory(workspace);
        mkdirSync(directory, { recursive: true });
        // Keeps the journal of a run that is about to fold it.
        const original = CheckpointStore.prototype.write;
        let journal = "";
        CheckpointStore.prototype.write = function (file) {
          const path = join(this.directory, "journal.jsonl");
          if (existsSync(path)) journal = readFileSync(path, "utf8");
          original.call(this, file);
        };
        try {
          await runDev(RunKind.Up, workspace, provider.port, { startProgram: graphProgram(nodes) });
        } finally {
          CheckpointStore.prototype.write = original;
        }
        expect(journal).not.toBe("");
        const killed = join(workspace.directory, "killed");
        mkdirSync(killed);
        for (let length = 0; length <= journal.length; length += 97) {
          writeFileSync(join(killed, "journal.jsonl"), journal.slice(0, length));
          const resources = resourcesOf(new CheckpointStore(killed).read());
          expectIntegrity(resources);
          const finished = journal
            .slice(0, length)
            .split("\n")
            .slice(0, -1)
            .filter((line) => line.includes('"put"') && line.includes("test:index:Thing::")).length;
          expect(resources.filter(({ type }) => type === "test:index:Thing")).toHaveLength(finished);
        }
        // A journal that was folded but not removed belongs to an older checkpoint and is not applied again.
        copyFileSync(join(directory, "checkpoint.json"), join(killed, "checkpoint.json"));
        writeFileSync(join(killed, "journal.jsonl"), journal);
        expect(resourcesOf(new CheckpointStore(killed).read())).toHaveLength(
          resourcesOf(new CheckpointStore(directory).read()).length,
        );
      });
    },
  );
});
