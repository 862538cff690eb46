/** A rollout by the real Automation API and a real CLI, against the sandbox's providers. Skipped, with the reason, without a CLI. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findCli } from "@mrgc/sandbox/host";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isLeftLocked } from "../src/drivers/automation-driver.ts";
import { eventsOf } from "./support/command.ts";
import { type DemoProject, makeDemoProject } from "./support/demo-project.ts";

const reason = findCli()
  ? undefined
  : "no Pulumi CLI on PATH or in ~/.pulumi: the Automation API was not tried with one";
const sandboxMain = fileURLToPath(new URL("../../sandbox/src/main.ts", import.meta.url));
const rolloutMain = fileURLToPath(new URL("../src/main.ts", import.meta.url));

describe.skipIf(reason)(reason ?? "by the Automation API", () => {
  let project: DemoProject;
  beforeAll(() => {
    project = makeDemoProject();
  });
  afterAll(() => project.remove());

  /** Runs a command with the sandbox's providers attached and a backend in files. */
  async function attached(...command: string[]): Promise<{ code: number | null; output: string }> {
    const child = spawn(process.execPath, [sandboxMain, "exec", "--cwd", project.directory, "--", ...command], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1" },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, output };
  }

  const rollout = (...args: string[]) => {
    const alarms = join(project.directory, "node_modules", "alarms.json");
    const quick = ["--bake-seconds", "0.2", "--poll-seconds", "0.1", "--alarms", alarms, "--yes"];
    return attached(
      process.execPath,
      rolloutMain,
      "start",
      "--cwd",
      project.directory,
      "--stack",
      "us-east-1",
      "--stack",
      "us-east-2",
      ...quick,
      ...args,
    );
  };
  const tellAlarms = (states: Record<string, string>): void =>
    writeFileSync(join(project.directory, "node_modules", "alarms.json"), JSON.stringify(states));
  const timeoutOf = async (stack: string) =>
    (await attached("pulumi", "stack", "output", "timeout", "--stack", stack)).output.trim();

  it("goes to both regions, and back when the second one's pages fire", { timeout: 600_000 }, async () => {
    tellAlarms({});
    const unknown = await rollout();
    expect([unknown.code, unknown.output]).toEqual([4, expect.stringContaining("pulumi stack init us-east-1")]);
    for (const stack of ["us-east-1", "us-east-2"])
      expect((await attached("pulumi", "stack", "init", stack)).code).toBe(0);
    const resumed = await attached(process.execPath, rolloutMain, "resume", "--cwd", project.directory);
    expect([resumed.code, resumed.output]).toEqual([0, expect.stringContaining("Succeeded")]);
    expect([await timeoutOf("us-east-1"), await timeoutOf("us-east-2")]).toEqual(["30", "30"]);

    project.setTimeouts(60);
    const uncommitted = await rollout();
    expect([uncommitted.code, uncommitted.output]).toEqual([1, expect.stringContaining("--allow-uncommitted")]);
    project.git("commit", "--quiet", "--all", "--message", "second");
    // Known only once the second region has the release: its page fires with it.
    tellAlarms({ "us-east-2-gpu": "UNKNOWN" });
    const red = await rollout("--patience-seconds", "1");
    expect([red.code, red.output]).toEqual([3, expect.stringContaining("Rolled back")]);
    const events = eventsOf(project.directory, ".rollout");
    expect(events.filter(({ type }) => type === "update-finished" || type === "return-finished")).toEqual([
      { type: "update-finished", stack: "us-east-1", changes: { same: 1, update: 1 } },
      { type: "update-finished", stack: "us-east-2", changes: { same: 1, update: 1 } },
      { type: "return-finished", stack: "us-east-2", changes: { same: 1, update: 1 } },
      { type: "return-finished", stack: "us-east-1", changes: { same: 1, update: 1 } },
    ]);
    expect([await timeoutOf("us-east-1"), await timeoutOf("us-east-2")]).toEqual(["30", "30"]);
    expect(project.git("status", "--porcelain")).toBe("");
  });
});

describe("a stack that is locked", () => {
  const message = (holders: string[]) =>
    `the stack is currently locked by ${holders.length} lock(s).\n${holders.map((holder) => `  file:///x/locks/1.json: created by ${holder} at 2026-11-21T10:00:00Z`).join("\n")}`;

  it.each([
    [["ann@here (pid 7)"], true],
    [["ann@here (pid 8)"], false],
    [["ann@there (pid 7)"], false],
    [["ann@here (pid 7)", "bob@there (pid 9)"], false],
    [[], false],
  ])("by %j is left locked by the dead: %s", (holders, left) => {
    expect(isLeftLocked(message(holders), "here", (pid) => pid !== 7)).toBe(left);
  });
});
