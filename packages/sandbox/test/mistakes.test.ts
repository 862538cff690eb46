/** What people and machines do wrong: every error names the value and the mend, has no stack trace, and leaves nothing running. */
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { outcomeOf, processesOf, stackTrace, startSandbox, type Outcome } from "./support/command.ts";
import { startTestProvider, type TestProvider } from "./support/test-provider.ts";
import { makeWorkspace, policyPackFiles, type Workspace } from "./support/workspace.ts";

let provider: TestProvider;
let workspace: Workspace;

beforeAll(async () => {
  provider = await startTestProvider();
});
afterAll(() => provider.stop());
beforeEach(() => {
  workspace = makeWorkspace({ "index.js": `${head}new Thing("a", {});` });
  provider.cloud.clear();
});
afterEach(() => workspace.remove());

const head = 'import * as pulumi from "@pulumi/pulumi";\nimport { Thing } from "./thing.js";\n';
const start = (...args: string[]) =>
  startSandbox(workspace.directory, args, { PULUMI_DEBUG_PROVIDERS: `test:${provider.port}` });
const sandbox = (...args: string[]): Promise<Outcome> => outcomeOf(start(...args));
const dev = (command: string, ...args: string[]) => sandbox(command, "--stack", "dev", "--engine", "embedded", ...args);
const stateOf = (...names: string[]): string => join(workspace.directory, ".sandbox", "demo", "dev", ...names);

/** Expects a message, and no stack trace. */
function expectRefusal({ code, output, errors }: Outcome, message: RegExp | string): void {
  expect(output + errors).toMatch(message);
  expect(output + errors).not.toMatch(stackTrace);
  expect(code).toBe(1);
}

describe("a wrong argument", () => {
  it.each([
    ["a target that is no URN", ["--target", "a"], /--target a: expected the URN of a resource of dev, or .*'\*\*::a'/],
    [
      "a target of another stack",
      ["--target", "urn:pulumi:prod::demo::test:index:Thing::a"],
      /--target urn:.*: expected the URN of a resource of dev/,
    ],
    [
      "settings without a pack",
      ["--policy-pack-config", "x.json"],
      /--policy-pack-config x\.json: name the policy pack/,
    ],
    [
      "a state folder that is a file",
      ["--state-dir", "/dev/null"],
      /error: \/dev\/null.*: a part of the path is a file/,
    ],
    ["a number of operations", ["--parallel", "0"], /--parallel.*'0' is invalid.*a whole number, 1 or more/],
    ["an engine", ["--engine", "go"], /'go' is invalid.*auto, cli, embedded/],
    ["an option", ["--stak", "dev"], /unknown option '--stak'.*\n.*--stack/],
    ["a word too many", ["dev"], /too many arguments.*preview/],
  ])("%s", async (_name, args, message) => {
    expectRefusal(await sandbox("preview", "--stack", "dev", "--engine", "embedded", ...args), message);
  });

  it("a folder that is not there, though a project is above it", async () => {
    const gone = join(workspace.directory, "gone");
    expectRefusal(
      await outcomeOf(startSandbox(gone, ["preview"])),
      `there is no folder ${gone}; name the project's folder with --cwd`,
    );
  });

  it("a name of a stack that would leave the state's folder", async () => {
    expectRefusal(await sandbox("preview", "--stack", "..", "--engine", "embedded"), /"\.\." is no name of a stack/);
  });

  it("a name of a project that would", async () => {
    workspace.write("Pulumi.yaml", "name: ../other\nruntime: nodejs\n");
    expectRefusal(await dev("preview"), /"name" is "\.\.\/other"; expected letters/);
  });

  it("a target that names nothing in the stack", async () => {
    expect((await dev("up")).code).toBe(0);
    const target = "urn:pulumi:dev::demo::test:index:Thing::b";
    for (const command of ["preview", "up", "refresh", "destroy"])
      expectRefusal(
        await dev(command, "--target", target),
        `Target '${target}' could not be found in the stack. Did you forget to escape $ in your shell?`,
      );
    const { code, output } = await dev("up", "--target", "**::b");
    expect(output).toContain("warning: Target '**::b' matches nothing in stack dev.");
    expect(code).toBe(0);
  });

  it("a stack of which there is nothing is not known from then on", async () => {
    workspace.write("index.js", `${head}export const x = new pulumi.StackReference("ghost").getOutput("x");`);
    expectRefusal(await dev("up"), /unknown stack "ghost": it was never brought up/);
    expectRefusal(await sandbox("export", "--stack", "ghost"), /stack ghost has no state in .*: run `up` first/);
    expectRefusal(await dev("preview"), /unknown stack "ghost"/);
    expectRefusal(await sandbox("preview", "--engine", "embedded"), /unknown stack "ghost"|say which stack/);
    expect(existsSync(join(workspace.directory, ".sandbox", "demo", "ghost"))).toBe(false);
  });
});

describe("configuration", () => {
  it.each([
    [
      "a declared value that is not set",
      "size: { description: how many }",
      "",
      /config demo:size is not set for stack dev/,
    ],
    [
      "a secret in plain text",
      "key: { type: string, secret: true }",
      "demo:key: open",
      /demo:key .* in plain text.*--secret/,
    ],
  ])("%s", async (_name, declared, set, message) => {
    workspace.write("Pulumi.yaml", `name: demo\nruntime: nodejs\nconfig:\n  ${declared}\n`);
    workspace.write("Pulumi.dev.yaml", `config:\n  ${set || "demo:other: 1"}\n`);
    expectRefusal(await dev("preview"), message);
  });

  it("a secret of another stack, and a passphrase file that is not there", async () => {
    // Both encrypted by Pulumi CLI 3.260 with the passphrase `x`; the value under another salt.
    const salt = "v1:alaqmYp+pBE=:v1:MoaPt4uEHhFHnJG1:UDAhd9FwuXPhLsQakU/WYlLLlRFG0g==";
    const other = "v1:AAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    workspace.write("Pulumi.dev.yaml", `encryptionsalt: ${salt}\nconfig:\n  demo:pw: { secure: "${other}" }\n`);
    const run = (environment: NodeJS.ProcessEnv) =>
      outcomeOf(startSandbox(workspace.directory, ["preview", "--engine", "embedded"], environment));
    expectRefusal(
      await run({ PULUMI_CONFIG_PASSPHRASE: "x" }),
      /Pulumi\.dev\.yaml: demo:pw: a secure value cannot be decrypted: it was encrypted for another stack/,
    );
    expectRefusal(
      await run({ PULUMI_CONFIG_PASSPHRASE: undefined, PULUMI_CONFIG_PASSPHRASE_FILE: "/nowhere/pass" }),
      /PULUMI_CONFIG_PASSPHRASE_FILE names \/nowhere\/pass, which cannot be read/,
    );
  });
});

describe("stored state", () => {
  it.each([
    ["that is no JSON", "{", /checkpoint\.json is not JSON.*expected a deployment of version 3/],
    ["of another version", '{ "version": 2 }', /checkpoint\.json: expected .*, found version 2/],
    ["without a deployment", '{ "version": 3, "deployment": null }', /its "deployment" is null/],
    [
      "without a URN",
      '{ "version": 3, "deployment": { "resources": [{ "type": "a" }] } }',
      /resource 1 has no type or no URN/,
    ],
  ])("%s", async (_name, text, message) => {
    mkdirSync(stateOf(), { recursive: true });
    writeFileSync(stateOf("checkpoint.json"), text);
    for (const command of ["preview", "up", "destroy", "refresh"]) expectRefusal(await dev(command), message);
    expectRefusal(await sandbox("export", "--stack", "dev"), message);
    writeFileSync(join(workspace.directory, "state.json"), text);
    const file = join(workspace.directory, "state.json");
    expectRefusal(
      await sandbox("import", "--stack", "dev", "--file", file),
      new RegExp(message.source.replace("checkpoint", "state")),
    );
    expect(readFileSync(stateOf("checkpoint.json"), "utf8")).toBe(text);
  });

  it("whose journal is damaged in the middle", async () => {
    expect((await dev("up")).code).toBe(0);
    writeFileSync(stateOf("journal.jsonl"), '{"base":"x"}\n{"put":0,"res\n{"end":-1}\n');
    expectRefusal(await dev("up"), /journal\.jsonl, line 2, is damaged.*move the file away/);
  });

  it("that is to come from a file that is not there, or from a secrets provider that cannot be asked", async () => {
    expectRefusal(
      await sandbox("import", "--stack", "dev", "--file", "/nowhere/s.json"),
      /^error: \/nowhere\/s\.json: there is no such file/m,
    );
    expectRefusal(
      await sandbox("ledger", "--from", "/nowhere/s.json"),
      /^error: \/nowhere\/s\.json: there is no such file/m,
    );
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x:y" };
    const thing = { urn: "urn:pulumi:dev::demo::test:index:Thing::a", type: "test:index:Thing", custom: true };
    const deployment = { secrets_providers: { type: "service" }, resources: [{ ...thing, inputs: { secret } }] };
    workspace.write("state.json", JSON.stringify({ version: 3, deployment }));
    expectRefusal(
      await sandbox("import", "--stack", "dev", "--file", join(workspace.directory, "state.json")),
      /encrypted by "service".*pulumi stack export --show-secrets/,
    );
  });
});

describe("a policy pack", () => {
  const rule = (body: string): string =>
    `{ name: "rule", description: "A rule.", enforcementLevel: "mandatory", validateResource: (args, report) => { ${body} } }`;

  it.each([
    ["with settings for a rule that it has not", rule(""), /policy config: fixture has no rule "ruel"/],
    ["whose rule throws", rule('throw new Error("the rule is broken");'), /the rule is broken/],
  ])("%s", async (_name, rules, message) => {
    policyPackFiles(workspace, rules);
    workspace.write("settings.json", rules.includes("throw") ? "{}" : '{ "ruel": "advisory" }');
    const settings = ["--policy-pack-config", join(workspace.directory, "settings.json")];
    const pack = ["--policy-pack", join(workspace.directory, "pack")];
    expectRefusal(await dev("preview", ...pack, ...settings), message);
    expect(await processesOf(workspace.directory)).toEqual([]);
  });

  it("whose description is malformed", async () => {
    workspace.write("pack/PulumiPolicy.yaml", "runtime: [nodejs\n");
    expectRefusal(
      await dev("preview", "--policy-pack", join(workspace.directory, "pack")),
      /PulumiPolicy\.yaml: .*line 2/,
    );
  });

  it("that never starts is ended by Ctrl-C", async () => {
    policyPackFiles(workspace, rule(""));
    workspace.write(
      "pack/index.js",
      "require('fs').writeFileSync(__dirname + '/started', ''); setInterval(() => {}, 1000);",
    );
    const child = start(
      "up",
      "--stack",
      "dev",
      "--engine",
      "embedded",
      "--policy-pack",
      join(workspace.directory, "pack"),
    );
    const outcome = outcomeOf(child);
    while (!existsSync(join(workspace.directory, "pack", "started"))) await sleep(20);
    child.kill("SIGINT");
    expectRefusal(await outcome, /stopping: what is under way ends/);
    expect(await processesOf(workspace.directory)).toEqual([]);
    expect(provider.cloud.size).toBe(0);
  });
});

describe("signals and readers", () => {
  const slowProgram = `${head}const a = new Thing("a", { slowMs: 3000 });\nnew Thing("b", { value: a.address });`;

  async function startedSlow() {
    workspace.write("index.js", slowProgram);
    const child = start("up", "--stack", "dev", "--engine", "embedded");
    const outcome = outcomeOf(child);
    const journal = (): string =>
      existsSync(stateOf("journal.jsonl")) ? readFileSync(stateOf("journal.jsonl"), "utf8") : "";
    while (!journal().includes("test:index:Thing::a")) await sleep(20);
    return { child, outcome };
  }

  it("the same signal from terminal and parent counts once", async () => {
    const { child, outcome } = await startedSlow();
    child.kill("SIGINT");
    child.kill("SIGTERM");
    expect((await outcome).code).toBe(1);
    expect((await dev("up")).output).toMatch(/same|unchanged/);
    expect(provider.cloud.size).toBe(2);
  });

  it("a second Ctrl-C ends at once, leaves nothing running, and what was finished is there", async () => {
    const { child, outcome } = await startedSlow();
    child.kill("SIGINT");
    await sleep(600);
    child.kill("SIGINT");
    expect((await outcome).code).toBe(130);
    await sleep(300);
    expect(await processesOf(workspace.directory)).toEqual([]);
    const { code, output } = await dev("up");
    expect(output).toContain("the last run was interrupted during");
    expect(code).toBe(0);
  });

  it("a reader that goes away ends no run", async () => {
    workspace.write("index.js", slowProgram.replace("3000", "300"));
    const child = start("up", "--stack", "dev", "--engine", "embedded");
    await once(child.stdout, "data");
    child.stdout.destroy();
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(errors).toBe("");
    expect(provider.cloud.size).toBe(2);
    expect(existsSync(stateOf("journal.jsonl"))).toBe(false);
  });

  it("Ctrl-C of a terminal reaches a CLI once, and the second lets it end by itself", async () => {
    const told = join(workspace.directory, "told");
    workspace.write(
      "bin/pulumi",
      [
        "#!/bin/sh",
        '[ "$1" = up ] || exit 0',
        `trap 'echo interrupted >> ${told}; count=x$count; [ $count = xx ] && sleep 0.5 && echo freed >> ${told} && exit 1' INT`,
        `: > ${told}`,
        "while :; do sleep 0.1; done",
      ].join("\n"),
    );
    chmodSync(join(workspace.directory, "bin", "pulumi"), 0o755);
    const path = [join(workspace.directory, "bin"), process.env.PATH].join(delimiter);
    const child = startSandbox(workspace.directory, ["up", "--stack", "dev", "--engine", "cli"], { PATH: path });
    const outcome = outcomeOf(child);
    while (!existsSync(told)) await sleep(20);
    const linesTold = () => readFileSync(told, "utf8").split("\n").filter(Boolean);
    process.kill(-child.pid!, "SIGINT");
    while (linesTold().length === 0) await sleep(20);
    await sleep(500);
    expect(linesTold()).toEqual(["interrupted"]);
    process.kill(-child.pid!, "SIGINT");
    expect((await outcome).code).toBe(1);
    expect(linesTold()).toEqual(["interrupted", "interrupted", "freed"]);
    expect(await processesOf(workspace.directory)).toEqual([]);
  });
});
