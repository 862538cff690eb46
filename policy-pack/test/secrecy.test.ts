import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { allRules, appliesTo, judgeResource, judgeStack, Field, resourceRule } from "../src/rules.ts";
import { judgeOne, noOptions, stackOf, urnOf } from "./support/harness.ts";
import { readFixtures } from "./support/verdicts.ts";

const fixtures = readFixtures(join(import.meta.dirname, "fixtures", "checkov.jsonl"));
const canary = "CANARY-4f1d";

/** Every text gets a mark at its end or is replaced by it, so that a message that quotes a value shows the mark. */
function marked(value: unknown, replace: boolean): unknown {
  if (typeof value === "string") {
    return replace ? canary : `${value}${canary}`;
  }
  if (Array.isArray(value)) {
    return value.map((item) => marked(item, replace));
  }
  return value instanceof Object
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, marked(item, replace)]))
    : value;
}

describe("secrets", () => {
  it.each([true, false])("no message quotes a property's value (replaced: %s)", (replace) => {
    const leaks = new Set<string>();
    for (const fixture of fixtures) {
      const given = { ...fixture, props: marked(fixture.props, replace) as Record<string, unknown> };
      for (const rule of allRules) {
        const verdict =
          rule.scope === "stack"
            ? judgeStack(rule, stackOf([given]))
            : appliesTo(rule, given.type)
              ? judgeOne(rule, given)
              : undefined;
        for (const { path, detail } of [...(verdict?.findings ?? []), ...(verdict?.questions ?? [])]) {
          if (`${path} ${detail}`.includes(canary)) {
            leaks.add(`${rule.id}: ${detail}`);
          }
        }
      }
    }
    expect([...leaks]).toEqual([]);
  });

  it("a rule that throws is a finding with its name and no word of the error", () => {
    const rule = resourceRule({
      id: "thrower",
      family: "hosts",
      severity: "low",
      what: "x",
      why: "x",
      mend: "x",
      frameworks: {},
      presets: [],
      types: "*",
      check() {
        throw new TypeError(`cannot read ${canary}`);
      },
    });
    const given = { type: "a:b:C", name: "n" };
    const verdict = judgeResource(rule, {
      ...given,
      urn: urnOf(given),
      props: new Field({}),
      opts: noOptions,
      provider: new Field(undefined),
    });
    expect(verdict.result).toBe("broken");
    expect(verdict.findings[0]?.detail).toContain("TypeError");
    expect(verdict.findings[0]?.detail).not.toContain(canary);
  });
});
