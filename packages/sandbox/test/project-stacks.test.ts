/** All four stacks of the repository: the same steps from the embedded engine and a real CLI. Skipped, with the reason, without one. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { startProviders } from "../src/providers/index.ts";
import { compareEngines, missingCli, usualScenes, type ProviderStarter } from "./support/conformance.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const reason = missingCli();

/** A cloud of its own for each engine. */
const sandboxProviders: ProviderStarter = async () => {
  const cloudDir = mkdtempSync(join(tmpdir(), "conformance-cloud-"));
  const providers = await startProviders({ cloudDir });
  return {
    debugProviders: Object.entries(providers.ports)
      .map(([name, port]) => `${name}:${port}`)
      .join(","),
    async stop() {
      await providers.stop();
      rmSync(cloudDir, { recursive: true, force: true });
    },
  };
};

/** A setting that all four stacks have. */
const anotherDomain = { "mrgc:serviceDomain": "inference.example.org" };

describe.skipIf(reason)(reason ?? "the project's stacks", () => {
  it("lead to the same steps: first up, unchanged, one changed value, destroy", { timeout: 1_800_000 }, async () => {
    const comparisons = await compareEngines(
      root,
      ["us-east-1", "us-east-2", "us-west-2", "global"],
      usualScenes(anotherDomain),
      sandboxProviders,
    );
    for (const { scene, stack, embedded, cli } of comparisons) {
      expect({ scene, stack, steps: embedded }).toEqual({ scene, stack, steps: cli });
    }
    const updates = comparisons
      .find(({ scene, stack }) => scene === "up with a changed value" && stack === "us-east-1")!
      .cli.filter(({ kind }) => kind === "update");
    expect(updates.length).toBeGreaterThan(0);
    expect(updates.length).toBeLessThan(10);
  });
});
