import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planWaves } from "./wave-plan.ts";

const stacks = ["us-west-2", "global", "us-east-1", "us-east-2"];

describe("the waves", () => {
  test("are the canary, the other regions, and what reads them", () => {
    expect(planWaves({ stacks, last: ["global"] })).toEqual([
      { kind: "canary", stacks: ["us-east-1"] },
      { kind: "regions", stacks: ["us-east-2"] },
      { kind: "regions", stacks: ["us-west-2"] },
      { kind: "last", stacks: ["global"] },
    ]);
    expect(planWaves({ stacks, last: ["global"], canary: "us-west-2", width: 2 }).map((wave) => wave.stacks)).toEqual([
      ["us-west-2"],
      ["us-east-1", "us-east-2"],
      ["global"],
    ]);
    expect(planWaves({ stacks: ["global"], last: ["global"] })).toEqual([{ kind: "last", stacks: ["global"] }]);
  });

  test.each([
    [{ stacks: [], last: [] }, /at least one stack/],
    [{ stacks: ["a", "a"], last: [] }, /--stack a: is listed twice/],
    [{ stacks, last: ["glob"] }, /--last glob: is no stack of this rollout.*global, us-east-1/],
    [{ stacks, last: ["global"], canary: "eu-west-1" }, /--canary eu-west-1: is no stack/],
    [{ stacks, last: ["global"], canary: "global" }, /--canary global: goes last/],
    [{ stacks, last: [], width: 0 }, /--width 0: has to be a whole number/],
  ])("of %j are refused", (args, message) => {
    expect(() => planWaves(args)).toThrow(message);
  });

  test("hold every stack once, one canary alone, and no more than the width", () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(names, fc.nat(3), fc.integer({ min: 1, max: 5 }), (all, lastCount, width) => {
        const last = all.slice(0, lastCount);
        const waves = planWaves({ stacks: all, last, width });
        expect(waves.flatMap((wave) => wave.stacks).sort()).toEqual([...all].sort());
        expect(Math.max(...waves.map((wave) => wave.stacks.length))).toBeLessThanOrEqual(width);
        const regions = all.length - last.length;
        expect(waves.filter(({ kind }) => kind === "canary").map((wave) => wave.stacks.length)).toEqual(
          regions > 0 ? [1] : [],
        );
        expect(waves.filter(({ kind }) => kind === "regions")).toHaveLength(
          regions > 0 ? Math.ceil((regions - 1) / width) : 0,
        );
        expect(waves.slice(waves.length - last.length).flatMap((wave) => wave.stacks)).toEqual(last);
      }),
    );
  });
});
