/** Programs in other languages lead to the same steps as the TypeScript one. Without a Pulumi CLI and its language hosts this is skipped, with the reason. */
import { accessSync, constants, symlinkSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findCli } from "../packages/sandbox/src/attach/find-cli.ts";
import { packed, type Packed, type PreviewStep, pulumi } from "./support/packed.ts";

const minutes = 60_000;
const examples = "packages/components/examples";
const stack = "dev";

/** What has to be the same in every language. */
interface PlannedStep {
  op: string;
  inputs: unknown;
}

/** Whether a program is on PATH or beside the CLI, where its installer puts the language hosts. */
function isThere(program: string, cli: string): boolean {
  const folders = [dirname(cli), ...(process.env.PATH ?? "").split(delimiter).filter(Boolean)];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Why there is nothing to compare; undefined when everything is there. */
function missing(): string | undefined {
  const cli = findCli();
  const lost = "the examples in Python and YAML were not compared with the one in TypeScript";
  if (cli === undefined) {
    return `no Pulumi CLI on PATH or in ~/.pulumi: ${lost}`;
  }
  // The plugin with the components is a program for the host of Node.
  const hosts = ["nodejs", "python", "yaml"].map((language) => `pulumi-language-${language}`);
  const absent = hosts.filter((host) => !isThere(host, cli));
  return absent.length === 0 ? undefined : `no ${absent.join(", ")} on PATH or beside ${cli}: ${lost}`;
}

const reason = missing();

describe.skipIf(reason)(reason ?? "the first example, in another language", () => {
  let there: Packed;
  let expected: Record<string, PlannedStep>;

  /** The example in a folder of its own, with the package as its README has it installed. */
  function program(example: string): string {
    const folder = there.program(example, join(examples, example));
    symlinkSync(join(there.folder, "node_modules"), join(folder, "node_modules"));
    return folder;
  }

  /** What a preview says, by URN. */
  async function steps(folder: string): Promise<Record<string, PlannedStep>> {
    const printed = await pulumi(folder, stack, "preview", "--json", "--stack", stack);
    const digest = JSON.parse(printed) as { steps: PreviewStep[] };
    return Object.fromEntries(digest.steps.map(({ urn, op, newState }) => [urn, { op, inputs: newState?.inputs }]));
  }

  beforeAll(async () => {
    there = await packed();
    expected = await steps(program("hot-tier"));
  }, 10 * minutes);

  // Without a tarball there is nothing to remove.
  afterAll(() => (there as Packed | undefined)?.remove());

  it("is a cluster and its network in TypeScript", () => {
    const types = Object.keys(expected).map((urn) => urn.split("::").at(-2)?.split("$").at(-1));
    expect(types).toEqual(expect.arrayContaining(["mrgc:index:Network", "mrgc:index:HotTierRedis"]));
    expect(types.length).toBeGreaterThan(200);
    expect(new Set(Object.values(expected).map(({ op }) => op))).toEqual(new Set(["create"]));
  });

  it(
    "leads to the same steps in Python, with the SDK that `pulumi install` makes of the package",
    async () => {
      const folder = program("hot-tier-python");
      await pulumi(folder, stack, "install");
      expect(await steps(folder)).toEqual(expected);
    },
    10 * minutes,
  );

  it(
    "leads to the same steps in YAML",
    async () => {
      expect(await steps(program("hot-tier-yaml"))).toEqual(expected);
    },
    10 * minutes,
  );
});
