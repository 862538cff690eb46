/** The steps that changes of a program lead to, driven over the real protocol. */
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from "vitest";
import { RunKind } from "../src/engine/stack-set.ts";
import { graphProgram, type GraphNode } from "./support/graph-program.ts";
import { startTestProvider, type TestProvider } from "./support/test-provider.ts";
import { makeWorkspace, runDev, stepsOf, type Workspace } from "./support/workspace.ts";

let provider: TestProvider;
let workspace: Workspace;

beforeAll(async () => {
  process.env.PULUMI_CONFIG_PASSPHRASE = "";
  provider = await startTestProvider();
});
afterAll(() => provider.stop());
beforeEach(() => {
  workspace = makeWorkspace();
  provider.cloud.clear();
  provider.log.length = 0;
});
afterEach(() => workspace.remove());

const node = (name: string, uses: string[] = [], inputs: GraphNode["inputs"] = {}): GraphNode => ({
  name,
  uses,
  inputs,
});
const up = (...nodes: GraphNode[]) =>
  runDev(RunKind.Up, workspace, provider.port, { startProgram: graphProgram(nodes) });
const preview = (...nodes: GraphNode[]) =>
  runDev(RunKind.Preview, workspace, provider.port, { startProgram: graphProgram(nodes) });
const changes = (steps: string[]): string[] => steps.filter((step) => !step.startsWith("same"));

describe("up", () => {
  it("creates dependencies first, then finds everything unchanged", async () => {
    const program = [node("a"), node("b", ["a"]), node("c", ["b"])];
    expect(stepsOf(await up(...program))).toEqual(["create a", "create b", "create c"]);
    expect(provider.cloud.size).toBe(3);
    expect(stepsOf(await up(...program))).toEqual(["same a", "same b", "same c"]);
  });

  it("updates only what a changed value reaches", async () => {
    await up(node("a", [], { value: 1 }), node("b", ["a"]), node("c"));
    const report = await up(node("a", [], { value: 2 }), node("b", ["a"]), node("c"));
    expect(changes(stepsOf(report))).toEqual(["update a"]);
  });

  it("creates a replacement before it deletes, and updates dependents in between", async () => {
    await up(node("a", [], { zone: "x" }), node("b", ["a"]));
    provider.log.length = 0;
    const report = await up(node("a", [], { zone: "y" }), node("b", ["a"]));
    expect(stepsOf(report)).toEqual(["create-replacement a", "replace a", "update b", "delete-replaced a"]);
    expect(provider.log.map((line) => line.replace(/urn.*::/, ""))).toEqual(["create a", "update b", "delete a"]);
    expect(provider.cloud.size).toBe(2);
  });

  it("deletes first where both cannot exist, together with dependents that would be replaced", async () => {
    const program = (zone: string) => [node("a", [], { zone, exclusive: true }), node("b", ["a"], { exclusive: true })];
    await up(...program("x"));
    provider.log.length = 0;
    const report = await up(...program("y"));
    expect(stepsOf(report)).toEqual(["delete-replaced a", "replace a", "create-replacement a", "update b"]);
    expect(provider.log.map((line) => line.replace(/urn.*::/, ""))).toEqual(["delete a", "create a", "update b"]);
  });

  it("deletes what the program no longer has, dependents first", async () => {
    await up(node("a"), node("b", ["a"]), node("c", ["b"]));
    expect(changes(stepsOf(await up(node("a"))))).toEqual(["delete c", "delete b"]);
    expect(provider.cloud.size).toBe(1);
  });

  it("refuses to delete a protected resource, and keeps it", async () => {
    await up({ ...node("a"), protect: true });
    const report = await up();
    expect(report.succeeded).toBe(false);
    expect(report.diagnostics.map(({ message }) => message).join()).toContain("protected");
    expect(provider.cloud.size).toBe(1);
    expect((await up(node("a"))).succeeded).toBe(true);
    expect((await up()).succeeded).toBe(true);
    expect(provider.cloud.size).toBe(0);
  });

  it("keeps what was made before a provider's error, and goes on from there", async () => {
    const failed = await up(node("a"), node("b", ["a"], { fail: "create" }), node("c", ["b"]));
    expect(failed.succeeded).toBe(false);
    expect(
      failed.diagnostics.some(({ urn, message }) => urn.endsWith("::b") && message.includes("asked to fail create")),
    ).toBe(true);
    expect(stepsOf(await up(node("a"), node("b", ["a"]), node("c", ["b"])))).toEqual([
      "same a",
      "create b",
      "create c",
    ]);
    expect(provider.cloud.size).toBe(3);
  });

  it("names property and value when a provider refuses an input", async () => {
    const report = await up(node("a", [], { size: -1 }));
    expect(report.succeeded).toBe(false);
    expect(report.diagnostics.map(({ message }) => message)).toEqual([
      "test:index:Thing resource 'a': property size value -1 has a problem: must not be negative",
    ]);
  });

  it("refuses the same URN twice", async () => {
    const report = await up(node("a"), node("a"));
    expect(report.diagnostics.map(({ message }) => message).join()).toContain("Duplicate resource URN");
  });

  it("ends a call that hangs at its deadline, and names the resource", async () => {
    const report = await runDev(RunKind.Up, workspace, provider.port, {
      startProgram: graphProgram([node("a", [], { hang: "create" })]),
      deadlineSeconds: 1,
    });
    expect(report.succeeded).toBe(false);
    expect(report.diagnostics[0]?.message).toMatch(/did not answer within 1 s \(create of urn:.*::a\)/);
  });
});

describe("preview", () => {
  it("calls nothing and shows the same kinds of step as up", async () => {
    const program = [node("a"), node("b", ["a"])];
    expect(stepsOf(await preview(...program))).toEqual(["create a", "create b"]);
    expect(provider.cloud.size).toBe(0);
    await up(...program);
    expect(changes(stepsOf(await preview(node("a", [], { zone: "y" }), node("b", ["a"]))))).toEqual([
      "create-replacement a",
      "replace a",
      "update b",
      "delete-replaced a",
    ]);
    expect(provider.cloud.size).toBe(2);
  });
});

describe("destroy and refresh", () => {
  it("destroy leaves an empty checkpoint", async () => {
    await up(node("a"), node("b", ["a"]));
    expect(stepsOf(await runDev(RunKind.Destroy, workspace, provider.port))).toEqual(["delete b", "delete a"]);
    expect(provider.cloud.size).toBe(0);
    expect(stepsOf(await runDev(RunKind.Destroy, workspace, provider.port))).toEqual([]);
  });

  it("refresh forgets what is gone and takes over what changed", async () => {
    await up(node("a", [], { value: 1 }), node("b"));
    const [goneId] = [...provider.cloud].find(([, { urn }]) => urn.endsWith("::b"))!;
    provider.cloud.delete(goneId);
    const changed = [...provider.cloud.values()].find(({ urn }) => urn.endsWith("::a"))!;
    changed.properties = { ...changed.properties, value: 7 };
    expect((await runDev(RunKind.Refresh, workspace, provider.port)).succeeded).toBe(true);
    expect(changes(stepsOf(await up(node("a", [], { value: 1 }), node("b")))).sort()).toEqual(["create b", "update a"]);
  });
});

describe("target", () => {
  it("leaves everything else as it is", async () => {
    await up(node("a", [], { value: 1 }), node("b", [], { value: 1 }));
    const report = await runDev(RunKind.Up, workspace, provider.port, {
      startProgram: graphProgram([node("a", [], { value: 2 }), node("b", [], { value: 2 })]),
      targets: ["**::a"],
    });
    expect(changes(stepsOf(report))).toEqual(["update a"]);
    expect(changes(stepsOf(await up(node("a", [], { value: 2 }), node("b", [], { value: 2 }))))).toEqual(["update b"]);
  });

  it("says which new resource is missing from the targets", async () => {
    const report = await runDev(RunKind.Up, workspace, provider.port, {
      startProgram: graphProgram([node("a"), node("b", ["a"])]),
      targets: ["**::b"],
    });
    expect(report.succeeded).toBe(false);
    expect(report.diagnostics.map(({ message }) => message).join()).toContain("was not specified in --target list");
  });
});
