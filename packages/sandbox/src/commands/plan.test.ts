import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { showPlans } from "./plan.ts";

const directories: string[] = [];

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** A project whose plan is what its configuration says. */
function project(files: Record<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), "sandbox-plan-"));
  directories.push(directory);
  const all = {
    "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
    "Pulumi.one.yaml": "config:\n  shop:size: 3\n",
    "Pulumi.two.yaml": "config:\n  shop:size: 5\n",
    ...files,
  };
  for (const [name, text] of Object.entries(all)) writeFileSync(join(directory, name), text);
  return directory;
}

const planModule = `
export class PlanRefusedError extends Error {}
export function plan(stack, config, options) {
  if (config["shop:size"] === "5") throw new PlanRefusedError("size: is too large (got 5). Make it 3.");
  return { text: stack + " has " + config["shop:size"] + "\\n", data: { size: Number(config["shop:size"]), ...options } };
}
`;

async function shown(cwd: string, options: { stack?: string; all?: boolean; json?: boolean; prices?: string }) {
  let text = "";
  await showPlans({ cwd, json: false, ...options }, (part) => {
    text += part;
  });
  return text;
}

describe("plan", () => {
  it("prints what the project's plan says of a stack", async () => {
    expect(await shown(project({ "plan.js": planModule }), { stack: "one" })).toBe("one has 3\n");
  });

  it("prints data by stack, and hands the price file over", async () => {
    const cwd = project({ "plan.js": planModule, "prices.json": "{}" });
    const text = await shown(cwd, { stack: "one", json: true, prices: join(cwd, "prices.json") });
    expect(JSON.parse(text)).toEqual({ one: { size: 3, priceFile: "{}" } });
  });

  it("reports a refusal as the user's to mend, without a stack trace", async () => {
    await expect(shown(project({ "plan.js": planModule }), { all: true })).rejects.toMatchObject({
      name: "UserError",
      message: "stack two cannot be planned:\nsize: is too large (got 5). Make it 3.",
    });
  });

  it("says what a project without a plan lacks", async () => {
    await expect(shown(project({}), { stack: "one" })).rejects.toThrow(/project shop has no plan: add plan\.ts to /);
    await expect(shown(project({ "plan.js": "export {};" }), { stack: "one" })).rejects.toThrow(
      /plan\.js exports no function named plan/,
    );
  });

  it("says which price file cannot be read", async () => {
    const cwd = project({ "plan.js": planModule });
    await expect(shown(cwd, { stack: "one", prices: join(cwd, "none.json") })).rejects.toThrow(/--prices .*ENOENT/);
  });
});
