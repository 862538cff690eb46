import { describe, expect, it } from "vitest";
import { levelIn, presetConfig } from "./pack.ts";
import { allRules } from "./policies/index.ts";
import { presetNames } from "./rule.ts";

describe("presets", () => {
  it("name every rule and one more: what cannot be told stops a strict preview", () => {
    for (const preset of presetNames) {
      expect(Object.keys(presetConfig(preset, allRules)).sort()).toEqual(
        [...allRules.map(({ id }) => id), "cannot-tell"].sort(),
      );
    }
    expect(presetConfig("strict", allRules)["cannot-tell"]).toBe("mandatory");
    expect(presetConfig("baseline", allRules)["cannot-tell"]).toBe("advisory");
  });

  it("strict holds whatever another preset holds", () => {
    for (const rule of allRules.filter(({ presets }) => presets.length > 0)) {
      expect(levelIn(rule, "strict"), rule.id).toBe("mandatory");
    }
  });

  it("the baseline has twelve mandatory rules and more in private placement, encryption and tagging", () => {
    const promised = allRules.filter(({ family }) =>
      ["private-placement", "encryption-at-rest", "encryption-in-transit", "tagging"].includes(family),
    );
    expect(promised.filter((rule) => levelIn(rule, "baseline") === "mandatory").length).toBeGreaterThanOrEqual(12);
  });
});
