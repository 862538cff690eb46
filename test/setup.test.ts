/** What every command of the repository begins with: the newer Node, the packages, and signals that reach what is run. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const setup = new URL("../scripts/setup.mjs", import.meta.url).href;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "setup-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Runs a script that has `setUp` and `runNode`. */
function start(script: string, ...options: string[]) {
  const text = `import { runNode, setUp } from ${JSON.stringify(setup)};\n${script}`;
  return spawn(process.execPath, [...options, "--input-type=module", "--eval", text], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function outcomeOf(child: ReturnType<typeof start>): Promise<{ code: number | null; output: string }> {
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output };
}

describe("the set-up", () => {
  it("says which Node is needed where the machine has an older one", async () => {
    const older = `data:text/javascript,${encodeURIComponent('Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.4" } }); Object.defineProperty(process, "version", { value: "v18.20.4" });')}`;
    expect(await outcomeOf(start("await setUp();", "--import", older))).toEqual({
      code: 1,
      output: "Node 20 or newer is needed, this is v18.20.4.\nInstall a newer Node and call the command again.\n",
    });
  });
});

describe("what is run", () => {
  it.each([
    ["SIGTERM", 0],
    ["SIGINT", 0],
  ] as const)("gets %s of whoever ends the command, and says with which code it ended", async (signal, code) => {
    const file = join(directory, "told");
    const program = `process.on("${signal}", () => { require("fs").writeFileSync(${JSON.stringify(file)}, "ended"); process.exit(${code}); }); setInterval(() => {}, 1000); console.log("ready");`;
    const child = start(`process.exitCode = await runNode(["--eval", ${JSON.stringify(program)}], process.env);`);
    const outcome = outcomeOf(child);
    await once(child.stdout, "data");
    child.kill(signal);
    expect((await outcome).code).toBe(code);
    expect(readFileSync(file, "utf8")).toBe("ended");
  });

  it("has the exit code of a signal when one ended it", async () => {
    const { code } = await outcomeOf(
      start('process.exitCode = await runNode(["--eval", "process.kill(process.pid, \'SIGKILL\')"], process.env);'),
    );
    expect(code).toBe(128 + 9);
  });
});
