/** The command line in a process of its own: exit codes, messages, and that nothing is left running. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { outcomeOf, stackTrace, startSandbox, type Outcome } from "./support/command.ts";
import { startTestProvider, type TestProvider } from "./support/test-provider.ts";
import { makeWorkspace, type Workspace } from "./support/workspace.ts";

let provider: TestProvider;
let workspace: Workspace | undefined;

beforeAll(async () => {
  provider = await startTestProvider();
});
afterAll(() => provider.stop());
afterEach(() => {
  workspace?.remove();
  workspace = undefined;
  provider.cloud.clear();
});

const environment = (): NodeJS.ProcessEnv => ({ PULUMI_DEBUG_PROVIDERS: `test:${provider.port}` });
const start = (directory: string, ...args: string[]) => startSandbox(directory, args, environment());
const sandbox = (directory: string, ...args: string[]): Promise<Outcome> => outcomeOf(start(directory, ...args));

const embedded = ["--engine", "embedded"];
const head = 'import * as pulumi from "@pulumi/pulumi";\nimport { Thing } from "./thing.js";\n';

/** Runs that have to fail with a message and no stack trace. */
async function expectFailure(files: Record<string, string>, args: string[], message: RegExp): Promise<void> {
  workspace = makeWorkspace(files);
  const { code, output, errors } = await sandbox(workspace.directory, ...args);
  expect(output + errors).toMatch(message);
  expect(output + errors).not.toMatch(stackTrace);
  expect(code).toBe(1);
}

describe("a user's mistake", () => {
  it.each([
    ["a malformed Pulumi.yaml", { "Pulumi.yaml": "name: demo\nruntime: [nodejs\n" }, /Pulumi\.yaml: .*line 3/s],
    ["a Pulumi.yaml without a name", { "Pulumi.yaml": "runtime: nodejs\n" }, /"name" is missing/],
    ["another runtime", { "Pulumi.yaml": "name: demo\nruntime: python\n" }, /runtime "python" needs the Pulumi CLI/],
    [
      "a config value of the wrong type",
      {
        "Pulumi.yaml": "name: demo\nruntime: nodejs\nconfig:\n  size: { type: integer }\n",
        "Pulumi.dev.yaml": "config:\n  demo:size: many\n",
      },
      /config demo:size of stack dev is "many"; Pulumi\.yaml declares it as integer/,
    ],
    ["config that is no mapping", { "Pulumi.dev.yaml": "config: 5\n" }, /"config" is 5; expected a mapping/],
    ["a program that throws", { "index.js": 'throw new Error("boom from the program");' }, /boom from the program/],
    ["a program whose module is missing", { "index.js": 'import "no-such-module";' }, /no-such-module/],
    [
      "an input error of the program",
      {
        "index.js": `${head}throw new pulumi.InputPropertyError({ propertyPath: "args.size", reason: "must be even" });`,
      },
      /must be even/,
    ],
    [
      "a package without a provider",
      {
        "index.js": 'import * as pulumi from "@pulumi/pulumi"; new pulumi.CustomResource("gcp:index:Thing", "a", {});',
      },
      /no provider for package "gcp"/,
    ],
  ])("%s", async (_name, files, message) => {
    await expectFailure(files as Record<string, string>, ["preview", "--stack", "dev", ...embedded], message);
  });

  it("an unknown stack lists the known ones", async () => {
    await expectFailure(
      { "Pulumi.one.yaml": "", "Pulumi.two.yaml": "" },
      ["preview", "--stack", "three", ...embedded],
      /unknown stack "three"; known: one, two/,
    );
  });

  it("a policy pack that is not there, and one that throws", async () => {
    await expectFailure(
      {},
      ["preview", "--stack", "dev", "--policy-pack", "/nowhere", ...embedded],
      /no policy pack in \/nowhere/,
    );
    workspace?.remove();
    workspace = makeWorkspace({
      "pack/PulumiPolicy.yaml": "runtime: { name: nodejs, options: { typescript: false } }\n",
      "pack/package.json": '{ "name": "pack", "version": "0.0.1", "type": "commonjs" }',
      "pack/index.js": 'throw new Error("the pack is broken");',
    });
    const { code, output } = await sandbox(
      workspace.directory,
      "preview",
      "--stack",
      "dev",
      "--policy-pack",
      join(workspace.directory, "pack"),
      ...embedded,
    );
    expect(output).toMatch(/policy pack .* ended .*the pack is broken/s);
    expect(output).not.toMatch(stackTrace);
    expect(code).toBe(1);
  });
});

describe("a run", () => {
  it("gives lines and an exit code, or data with --json", async () => {
    workspace = makeWorkspace({
      "index.js": `${head}const a = new Thing("a", { value: pulumi.secret("hidden-text") });\nexport const id = a.id;`,
    });
    const { directory } = workspace;
    const up = await sandbox(directory, "up", "--stack", "dev", ...embedded);
    expect(up.code).toBe(0);
    expect(up.output).toMatch(/\+ {2}created test:index:Thing a/);
    expect(up.output).toMatch(/dev ok: 2 created/);
    const again = await sandbox(directory, "up", "--stack", "dev", "--json", ...embedded);
    const data = JSON.parse(again.output) as {
      succeeded: boolean;
      stacks: { counts: Record<string, number>; outputs: Record<string, string> }[];
    };
    expect(data.succeeded).toBe(true);
    expect(data.stacks[0]?.counts).toEqual({ same: 2 });
    expect(data.stacks[0]?.outputs.id).toMatch(/^thing-/);
    expect(up.output + again.output).not.toContain("hidden-text");
  });

  it("exports state that it can import again", async () => {
    workspace = makeWorkspace({ "index.js": `${head}new Thing("a", { value: pulumi.secret("hidden-text") });` });
    const { directory } = workspace;
    await sandbox(directory, "up", "--stack", "dev", ...embedded);
    const exported = await sandbox(directory, "export", "--stack", "dev");
    expect(exported.output).not.toContain("hidden-text");
    expect((await sandbox(directory, "export", "--stack", "dev", "--show-secrets")).output).toContain("hidden-text");
    const file = join(directory, "state.json");
    writeFileSync(file, exported.output);
    await sandbox(directory, "destroy", "--stack", "dev", ...embedded);
    expect((await sandbox(directory, "import", "--stack", "dev", "--file", file)).code).toBe(0);
    expect(JSON.parse((await sandbox(directory, "export", "--stack", "dev")).output)).toMatchObject({
      deployment: {
        resources: (JSON.parse(exported.output) as { deployment: { resources: unknown[] } }).deployment.resources,
      },
    });
    writeFileSync(file, exported.output.replaceAll("::demo::", "::other::"));
    expect((await sandbox(directory, "import", "--stack", "dev", "--file", file)).errors).toMatch(
      /no resource of stack dev of project demo/,
    );
  });

  it("stopped once ends what is under way and records it; a second run on the stack waits its turn", async () => {
    workspace = makeWorkspace({
      "index.js": `${head}const a = new Thing("a", { slowMs: 1500 });\nnew Thing("b", { value: a.address });`,
    });
    const { directory } = workspace;
    const first = start(directory, "up", "--stack", "dev", ...embedded);
    let text = "";
    first.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
    const lock = join(directory, ".sandbox", "demo", "dev", "lock");
    while (!existsSync(lock)) await sleep(20);
    const second = await sandbox(directory, "up", "--stack", "dev", ...embedded);
    expect(second.output).toMatch(/stack dev is in use by process \d+/);
    expect(second.code).toBe(1);
    const journal = join(directory, ".sandbox", "demo", "dev", "journal.jsonl");
    while (!existsSync(journal) || !readFileSync(journal, "utf8").includes('"creating"')) await sleep(20);
    await sleep(300);
    first.kill("SIGINT");
    const [code] = (await once(first, "close")) as [number];
    expect(code).toBe(1);
    expect(text).toContain("stopping: what is under way ends and is recorded");
    expect(existsSync(lock)).toBe(false);
    const { output } = await sandbox(directory, "up", "--stack", "dev", ...embedded);
    expect(output).toMatch(/dev ok: .*unchanged/);
    expect(provider.cloud.size).toBe(2);
  });

  it("takes over the lock of a process that is gone", async () => {
    workspace = makeWorkspace();
    const stack = join(workspace.directory, ".sandbox", "demo", "dev");
    mkdirSync(stack, { recursive: true });
    const gone = spawn(process.execPath, ["--version"]);
    await once(gone, "exit");
    writeFileSync(join(stack, "lock"), JSON.stringify({ pid: gone.pid, started: "before", ticks: "1" }));
    expect((await sandbox(workspace.directory, "up", "--stack", "dev", ...embedded)).code).toBe(0);
  });
});
