/** Real programs in real node processes. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CheckpointStore } from "../src/checkpoint/store.ts";
import { RunKind } from "../src/engine/stack-set.ts";
import { processesOf } from "./support/command.ts";
import { startTestProvider, type TestProvider } from "./support/test-provider.ts";
import { makeWorkspace, run, runDev, stepsOf, type Workspace } from "./support/workspace.ts";

let provider: TestProvider;
const workspaces: Workspace[] = [];

beforeAll(async () => {
  process.env.PULUMI_CONFIG_PASSPHRASE = "";
  provider = await startTestProvider();
});
afterAll(() => provider.stop());
afterEach(() => {
  for (const workspace of workspaces.splice(0)) workspace.remove();
  provider.cloud.clear();
  provider.log.length = 0;
});

function project(files: Record<string, string>): Workspace {
  const workspace = makeWorkspace(files);
  workspaces.push(workspace);
  return workspace;
}

const importThing = 'import * as pulumi from "@pulumi/pulumi";\nimport { Thing } from "./thing.js";\n';
const checkpointOf = (workspace: Workspace, stack = "dev"): string =>
  readFileSync(join(workspace.directory, ".sandbox", "demo", stack, "checkpoint.json"), "utf8");

describe("a program", () => {
  it("keeps secrets out of the checkpoint and off the screen, and reads them back", async () => {
    const workspace = project({
      "index.js": `${importThing}
const hidden = new Thing("hidden", { value: pulumi.secret("s3cr3t-text"), later: "plain-later" }, { additionalSecretOutputs: ["later"] });
export const password = hidden.value;
export const doubled = pulumi.runtime.invokeOutput("test:index:double", { number: 21 }).doubled;
`,
      "thing.js": makeThingWith("value", "later"),
    });
    const report = await runDev(RunKind.Up, workspace, provider.port);
    expect(report.diagnostics).toEqual([]);
    expect(report.outputs).toEqual({ password: "[secret]", doubled: 42 });
    expect(checkpointOf(workspace)).not.toContain("s3cr3t-text");
    expect(checkpointOf(workspace)).toContain("ciphertext");
    // Inputs still show what the program itself did not mark; the output of that name is secret.
    expect(checkpointOf(workspace).match(/plain-later/g)).toHaveLength(1);
    const before = checkpointOf(workspace);
    expect(stepsOf(await runDev(RunKind.Up, workspace, provider.port))).toEqual(["same hidden"]);
    expect(checkpointOf(workspace)).toBe(before);
  });

  it("may rename and move resources with aliases, ignore changes, retain, and transform", async () => {
    const version = (body: string): string => `${importThing}
class Box extends pulumi.ComponentResource {
  constructor(name, options) { super("demo:index:Box", name, {}, options); }
}
${body}`;
    const workspace = project({
      "index.js": version(`
const box = new Box("old-box");
new Thing("old-box-inner", { value: 1 }, { parent: box });
new Thing("ignored", { value: { keep: 1, drop: 2 } });
new Thing("retained", {}, { retainOnDelete: true });
`),
    });
    expect((await runDev(RunKind.Up, workspace, provider.port)).succeeded).toBe(true);
    workspace.write(
      "index.js",
      version(`
pulumi.runtime.registerResourceTransform(({ type, props, opts }) => type === "test:index:Thing" ? { props: { ...props, tag: "t" }, opts } : undefined);
const box = new Box("new-box", { aliases: [{ name: "old-box" }] });
new Thing("new-box-inner", { value: 1 }, { parent: box });
new Thing("ignored", { value: { keep: 9, drop: 2 } }, { ignoreChanges: ["value.keep", "tag"] });
`),
    );
    const report = await runDev(RunKind.Up, workspace, provider.port);
    expect(report.diagnostics).toEqual([]);
    expect(stepsOf(report).sort()).toEqual(["delete retained", "same ignored", "update new-box-inner"]);
    expect(provider.log.filter((line) => line.startsWith("delete"))).toEqual([]);
    expect(checkpointOf(workspace)).toContain('"tag": "t"');
  });

  it("runs resource hooks around the steps", async () => {
    const workspace = project({
      "index.js": `${importThing}
import { appendFileSync } from "node:fs";
const note = (name) => new pulumi.ResourceHook(name, async (args) => appendFileSync("hooks.log", name + " " + (args.newOutputs?.echo ?? "-") + "\\n"));
new Thing("hooked", { value: 5 }, { hooks: { beforeCreate: [note("before")], afterCreate: [note("after")] } });
`,
    });
    expect((await runDev(RunKind.Up, workspace, provider.port)).diagnostics).toEqual([]);
    expect(readFileSync(join(workspace.directory, "hooks.log"), "utf8")).toBe("before -\nafter 5\n");
  });

  it("reads another stack's outputs, waiting for it when it is part of the run", async () => {
    const workspace = project({
      "Pulumi.one.yaml": "config:\n  demo:role: writer\n",
      "Pulumi.zero.yaml": "config:\n  demo:role: reader\n",
      "index.js": `${importThing}
const role = new pulumi.Config().require("role");
let address;
if (role === "writer") address = new Thing("made", {}).address;
else address = new pulumi.StackReference("organization/demo/one").requireOutput("address");
export { address };
`,
    });
    const reports = await run(RunKind.Up, workspace, provider.port, { stacks: ["one", "zero"], concurrency: 1 });
    const [one, zero] = [reports.get("one")!, reports.get("zero")!];
    expect(zero.diagnostics).toEqual([]);
    expect(zero.outputs.address).toBe(one.outputs.address);
    const destroyed = await run(RunKind.Destroy, workspace, provider.port, { stacks: ["one", "zero"] });
    expect([...destroyed.values()].every(({ succeeded }) => succeeded)).toBe(true);
    expect(provider.cloud.size).toBe(0);
  });

  it("says which stacks wait for each other", async () => {
    const workspace = project({
      "Pulumi.a.yaml": "config: { demo:other: b }\n",
      "Pulumi.b.yaml": "config: { demo:other: a }\n",
      "index.js": `${importThing}export const x = new pulumi.StackReference(new pulumi.Config().require("other")).getOutput("x");`,
    });
    const reports = await run(RunKind.Preview, workspace, provider.port, { stacks: ["a", "b"] });
    const messages = [...reports.values()]
      .flatMap(({ diagnostics }) => diagnostics.map(({ message }) => message))
      .join("\n");
    expect(messages).toMatch(/stacks wait for each other: (a -> b -> a|b -> a -> b)/);
    expect([...reports.values()].some(({ succeeded }) => succeeded)).toBe(false);
  });

  it("shows its own error without the engine's stack, and makes nothing after it", async () => {
    const workspace = project({
      "index.js": `${importThing}new Thing("a", {});\nthrow new pulumi.RunError("the size must be even; use 2 or 4");`,
    });
    const report = await runDev(RunKind.Up, workspace, provider.port);
    expect(report.succeeded).toBe(false);
    expect(report.diagnostics.map(({ message }) => message)).toEqual(["the size must be even; use 2 or 4"]);
  });
});

/** The resource class with further properties as outputs. */
function makeThingWith(...outputs: string[]): string {
  const names = outputs.map((name) => `${name}: undefined`).join(", ");
  return `import * as pulumi from "@pulumi/pulumi";
export class Thing extends pulumi.CustomResource {
  constructor(name, args, options = {}) {
    super("test:index:Thing", name, { ${names}, ...args }, { version: "1.2.3", ...options });
  }
}`;
}

describe("kill -9", () => {
  const runner = fileURLToPath(new URL("support/run-up.ts", import.meta.url));

  it("at random moments loses no finished resource, and leaves nothing running", { timeout: 900_000 }, async () => {
    const slow = await startTestProvider({ createMs: 40 });
    const workspace = project({
      "index.js": `${importThing}
const things = [];
for (let i = 0; i < 20; i++) things.push(new Thing("t" + i, { value: i > 3 ? things[i - 4].address : i }));
`,
    });
    const start = () => spawn(process.execPath, [runner, workspace.directory, String(slow.port)], { stdio: "ignore" });
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const child = start();
      await sleep(300 + Math.random() * 1500);
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    }
    // What was under way when the process died may have been created without being recorded, as with any cloud; of all that
    // was recorded nothing is created again.
    const finished = resourceCount(workspace);
    const before = slow.log.length;
    const last = start();
    await once(last, "exit");
    expect(last.exitCode).toBe(0);
    expect(resourceCount(workspace)).toBe(20);
    expect(slow.log.length - before).toBe(20 - finished);
    slow.stop();
    await sleep(300);
    expect(await processesOf(workspace.directory)).toEqual([]);
  });

  function resourceCount(workspace: Workspace): number {
    const store = new CheckpointStore(join(workspace.directory, ".sandbox", "demo", "dev"));
    return (store.read()?.deployment.resources ?? []).filter(({ type }) => type === "test:index:Thing").length;
  }
});
