/** What the engine loads before a program must not be seen by it. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { leanSdk } from "../src/engine/processes.ts";

const cwd = join(import.meta.dirname, "..");

/** The JSON that a CommonJS script with @pulumi/pulumi at hand gives to `tell`. */
async function told(script: string, preloads: readonly string[] = leanSdk, variables = {}): Promise<unknown> {
  const body = `
const pulumi = require("@pulumi/pulumi");
const isLoaded = (name) => Object.keys(require.cache).some((file) => file.includes("/node_modules/" + name + "/"));
const tell = (value) => process.stdout.write(JSON.stringify(value));
(async () => { ${script} })();`;
  const { stdout } = await promisify(execFile)(process.execPath, [...preloads, "--eval", body], {
    cwd,
    env: { ...process.env, ...variables },
  });
  return JSON.parse(stdout);
}

describe("the SDK without what no run needs", () => {
  it("does not load what serialized closures need until one is serialized, and then to the same end", async () => {
    const loaded = "isLoaded('typescript'), isLoaded('@npmcli/arborist')";
    const script = `
const before = [${loaded}];
const factor = 21;
const { text } = await pulumi.runtime.serializeFunction((number) => number * factor);
tell({ before, after: isLoaded("typescript"), text });`;
    const plain = (await told(script, [])) as { before: boolean[]; text: string };
    const lean = (await told(script)) as { before: boolean[]; after: boolean; text: string };
    expect(plain.before).toEqual([true, true]);
    expect(lean).toEqual({ before: [false, false], after: true, text: plain.text });
    expect(lean.text).toContain("number * factor");
  });

  it("has the Automation API for a program that uses it", async () => {
    const script = `
const { LocalWorkspace } = pulumi.automation;
tell({ names: Object.keys(pulumi.automation).sort(), create: typeof LocalWorkspace.create, has: "Stack" in pulumi.automation });`;
    const plain = (await told(script, [])) as { names: string[] };
    expect(await told(script)).toEqual({ names: plain.names, create: "function", has: true });
    expect(plain.names).toContain("LocalWorkspace");
  });

  it("sends every message but those for debugging, which no display shows", async () => {
    const script = `
const sent = [];
require("@pulumi/pulumi/runtime/settings").getEngine = () => ({ log: (request, done) => { sent.push(request.getMessage()); done(); } });
await pulumi.log.debug("for debugging");
await pulumi.log.info("seen");
await pulumi.log.warn("warned");
tell(sent);`;
    expect(await told(script, [])).toEqual(["for debugging", "seen", "warned"]);
    expect(await told(script)).toEqual(["seen", "warned"]);
  });

  it("keeps the traces of promises for whoever looks for a leak", async () => {
    const script = `
const { debuggablePromise } = require("@pulumi/pulumi/runtime/debuggable");
const promise = Promise.resolve();
debuggablePromise(promise, "here");
tell(promise._debugStackTrace.split("\\n").length > 1);`;
    expect(await told(script)).toBe(false);
    expect(await told(script, leanSdk, { PULUMI_DEBUG_PROMISE_LEAKS: "1" })).toBe(true);
  });
});
