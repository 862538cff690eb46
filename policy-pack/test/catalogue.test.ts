import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { generatedFiles } from "../scripts/generate.ts";
import { rulesIndex } from "../scripts/rules-index.ts";
import { allRules, families } from "../src/rules.ts";

const root = join(import.meta.dirname, "..", "..");
const policies = join(import.meta.dirname, "..", "src", "policies");

describe("the catalogue", () => {
  it("has at least sixty rules, each with an id of its own", () => {
    expect(allRules.length).toBeGreaterThanOrEqual(60);
    expect(new Set(allRules.map(({ id }) => id)).size).toBe(allRules.length);
  });

  it("has a file a rule, in its family's folder and with its id for a name", () => {
    const files = Object.keys(families).flatMap((family) =>
      readdirSync(join(policies, family))
        .filter((file) => file.endsWith(".ts"))
        .map((file) => `${family}/${basename(file, ".ts")}`),
    );
    expect(files.sort()).toEqual(allRules.map(({ family, id }) => `${family}/${id}`).sort());
  });

  it.each(allRules.map((rule) => [rule.id, rule] as const))(
    "%s says what, why and mend, and has a default for each setting",
    (_id, rule) => {
      for (const text of [rule.what, rule.why, rule.mend]) {
        expect(text.length).toBeGreaterThan(10);
        expect(text.endsWith(".")).toBe(true);
      }
      for (const schema of Object.values(rule.config?.properties ?? {})) {
        expect(schema.default).toBeDefined();
        expect(schema.description).toBeTruthy();
      }
    },
  );

  it("lists the rule files of every folder", async () => {
    expect(readFileSync(join(policies, "index.ts"), "utf8")).toBe(await rulesIndex());
  });

  it("is on the generated page and in the presets as they are in the repository", async () => {
    for (const [path, text] of Object.entries(await generatedFiles())) {
      expect(
        readFileSync(join(root, path), "utf8"),
        `${path} is not up to date: node policy-pack/scripts/generate.ts`,
      ).toBe(text);
    }
  });
});
