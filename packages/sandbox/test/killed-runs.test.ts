/** The repository's own region, killed again and again on its way up: it ends as if nothing had happened. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { Cloud } from "../src/cloud/cloud.ts";
import { outcomeOf, processesOf, startSandbox } from "./support/command.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const states = ["killed", "undisturbed"].map((name) => mkdtempSync(join(tmpdir(), `${name}-`)));
const [killed = "", undisturbed = ""] = states;
afterAll(() => states.forEach((state) => rmSync(state, { recursive: true, force: true })));

const start = (state: string, command: string, ...args: string[]) =>
  startSandbox(root, [command, "--stack", "us-east-1", "--state-dir", state, ...args]);
const up = (state: string) => start(state, "up", "--engine", "embedded");

/** What a stack's state says, without moments and without the random IDs that providers get. */
async function essenceOf(state: string): Promise<Record<string, unknown>[]> {
  const { output } = await outcomeOf(start(state, "export", "--show-secrets"));
  const text = output.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "uuid");
  const { deployment } = JSON.parse(text) as { deployment: { resources: Record<string, unknown>[] } };
  return deployment.resources
    .map((resource) => ({ ...resource, created: "", modified: "" }))
    .sort((left, right) => JSON.stringify(left).localeCompare(JSON.stringify(right)));
}

/** Every object of the simulated cloud by its ID. */
const objectsOf = (state: string): string[] =>
  ["aws", "kubernetes"]
    .flatMap((name) => new Cloud(join(state, "cloud", `${name}.jsonl`)).all())
    .map(({ type, id, urn }) => `${type} ${id} ${urn}`)
    .sort();

it("kill -9 at ten random moments loses nothing, and makes nothing twice", { timeout: 900_000 }, async () => {
  const began = performance.now();
  expect((await outcomeOf(up(undisturbed))).code).toBe(0);
  const wholeRunMs = performance.now() - began;
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const child = up(killed);
    const ended = outcomeOf(child);
    // An attempt goes on from where the last one was killed, so that each of them gets a part of the way.
    await Promise.race([sleep((0.2 + 0.6 * Math.random()) * wholeRunMs), ended]);
    child.kill("SIGKILL");
    await ended;
  }
  const last = await outcomeOf(up(killed));
  expect({ code: last.code, errors: last.errors }).toEqual({ code: 0, errors: "" });
  expect(objectsOf(killed)).toEqual(objectsOf(undisturbed));
  expect(await essenceOf(killed)).toEqual(await essenceOf(undisturbed));
  await sleep(500);
  expect(await processesOf(killed)).toEqual([]);
});
