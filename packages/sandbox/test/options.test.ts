/** Resource options of real programs, each by the steps and the provider's calls that it leads to. A CLI's are compared in `conformance.test.ts`. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { RunKind } from "../src/engine/stack-set.ts";
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
});
afterEach(() => workspace.remove());

const nameOf = (line: string): string => line.replace(/urn:.*::/, "");

/** Runs a program; what it changes, and the provider's calls in the order of their ends. */
async function up(body: string): Promise<{ steps: string[]; calls: string[]; problems: string[] }> {
  workspace.write(
    "index.js",
    `import * as pulumi from "@pulumi/pulumi";\nimport { Thing } from "./thing.js";\n${body}`,
  );
  return run(RunKind.Up);
}

async function run(kind: RunKind): Promise<{ steps: string[]; calls: string[]; problems: string[] }> {
  provider.log.length = 0;
  const report = await runDev(kind, workspace, provider.port);
  return {
    steps: stepsOf(report).filter((step) => !step.startsWith("same")),
    calls: provider.log.map(nameOf),
    problems: report.diagnostics.map(({ message }) => message),
  };
}

it("replaceOnChanges replaces for a change that would be an update, create first", async () => {
  const program = (value: number) => `new Thing("a", { value: ${value}, other: 1 }, { replaceOnChanges: ["value"] });`;
  await up(program(1));
  expect(await up(program(2))).toEqual({
    steps: ["create-replacement a", "replace a", "delete-replaced a"],
    calls: ["create a", "delete a"],
    problems: [],
  });
});

it("deleteBeforeReplace deletes first, with the dependents that cannot stay", async () => {
  const program = (zone: string) => `
const a = new Thing("a", { zone: "${zone}" }, { deleteBeforeReplace: true });
new Thing("b", { zone: a.address });
new Thing("c", { value: a.address });`;
  await up(program("x"));
  expect(await up(program("y"))).toEqual({
    steps: [
      "delete-replaced b",
      "delete-replaced a",
      "replace a",
      "create-replacement a",
      "replace b",
      "create-replacement b",
      "update c",
    ],
    calls: ["delete b", "delete a", "create a", "create b", "update c"],
    problems: [],
  });
});

it("replacementTrigger replaces when its value changes, and only then", async () => {
  const program = (trigger: string) => `new Thing("a", { value: 1 }, { replacementTrigger: "${trigger}" });`;
  await up(program("one"));
  expect((await up(program("one"))).steps).toEqual([]);
  expect((await up(program("two"))).calls).toEqual(["create a", "delete a"]);
});

it("deletedWith deletes nothing that goes with another", async () => {
  await up(`const a = new Thing("a", {}); new Thing("b", {}, { deletedWith: a });`);
  const { steps, calls } = await run(RunKind.Destroy);
  expect(steps).toEqual(["delete b", "delete a"]);
  expect(calls).toEqual(["delete a"]);
});

it("dependsOn waits for what is slow, also when it is deleted", async () => {
  await up(`const a = new Thing("a", { slowMs: 300 }); new Thing("b", {}, { dependsOn: a }); new Thing("c", {});`);
  expect(provider.log.map(nameOf)).toEqual(["create c", "create a", "create b"]);
  const { calls } = await run(RunKind.Destroy);
  expect(calls.indexOf("delete b")).toBeLessThan(calls.indexOf("delete a"));
});

it("protect keeps a resource from destroy and from replacement, and says how to let it go", async () => {
  const program = (zone: string, options: string) =>
    `new Thing("a", { zone: "${zone}" }, ${options}); new Thing("b", {});`;
  await up(program("x", "{ protect: true }"));
  const destroyed = await run(RunKind.Destroy);
  expect(destroyed.problems.join()).toMatch(
    /::a" cannot be deleted\nbecause it is protected.*remove the `protect` flag/s,
  );
  expect([...provider.cloud.values()].map(({ urn }) => nameOf(urn))).toEqual(["a"]);
  const replaced = await up(program("y", "{ protect: true }"));
  expect(replaced.problems.join()).toMatch(
    /unable to replace resource ".*::a"\nas it is currently marked for protection/,
  );
  expect((await up(program("y", "{ protect: false }"))).problems).toEqual([]);
  expect((await run(RunKind.Destroy)).problems).toEqual([]);
  expect(provider.cloud.size).toBe(0);
});

it("retainOnDelete forgets a resource and leaves it where it is, also when it is replaced", async () => {
  const program = (zone: string) => `new Thing("a", { zone: "${zone}" }, { retainOnDelete: true });`;
  await up(program("x"));
  const replaced = await up(program("y"));
  expect(replaced.steps).toEqual(["create-replacement a", "replace a", "delete-replaced a"]);
  expect(replaced.calls).toEqual(["create a"]);
  expect((await run(RunKind.Destroy)).calls).toEqual([]);
  expect(provider.cloud.size).toBe(2);
});

it("import takes over what is there, and refuses to change it at once", async () => {
  provider.cloud.set("thing-7", { urn: "", properties: { value: 7, address: "10.0.0.7", echo: 7 } });
  const taken = await up(`new Thing("a", { value: 7 }, { import: "thing-7" });`);
  expect(taken).toEqual({ steps: ["import a"], calls: [], problems: [] });
  expect((await up(`new Thing("a", { value: 7 }, { import: "thing-7" });`)).steps).toEqual([]);
  expect((await up(`new Thing("a", { value: 8 });`)).calls).toEqual(["update a"]);
  const missing = await up(`new Thing("b", {}, { import: "thing-8" });`);
  expect(missing.problems.join()).toContain("resource 'thing-8' does not exist");
});
