import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type GateProgress, judge, reasonToHold } from "./gate.ts";
import { AlarmState, type SeenAlarm, type Settings } from "./model.ts";

const settings: Settings = { bakeSeconds: 60, pollSeconds: 10, patienceSeconds: 300, knownAlarms: ["noisy"] };
const alarm = (state: AlarmState, name = "gpu"): SeenAlarm => ({ stack: "us-east-1", name, state });

/** Shows the gate these states, ten seconds apart; gives the decision of each look. */
function look(states: (AlarmState | undefined)[]): string[] {
  let progress: GateProgress = { since: 0 };
  return states.map((state, index) => {
    const result = judge(progress, state === undefined ? [] : [alarm(state)], index * 10_000, settings);
    progress = result.progress;
    return result.decision.kind === "wait" ? result.decision.verdict : result.decision.kind;
  });
}
const { Ok, Alarm, Unknown } = AlarmState;

describe("the gate", () => {
  test("is passed when the alarms were quiet for the bake time", () => {
    expect(look(Array(7).fill(Ok) as AlarmState[])).toEqual([...Array<string>(6).fill("green"), "pass"]);
  });

  test("fails at once with one alarm, however long it was quiet", () => {
    expect(look([Ok, Ok, Alarm]).at(-1)).toBe("fail");
    expect(judge({ since: 0 }, [alarm(Ok), alarm(Alarm, "shards")], 0, settings).decision).toEqual({
      kind: "fail",
      reason: "in alarm: shards (us-east-1)",
    });
  });

  test("begins its bake time anew after a look that told nothing", () => {
    const looks = look([Ok, Ok, Ok, Unknown, Ok, Ok, Ok, Ok, Ok, Ok, Ok]);
    expect(looks.slice(0, 10)).toEqual([
      ...Array<string>(3).fill("green"),
      "waiting",
      ...Array<string>(6).fill("green"),
    ]);
    expect(looks[10]).toBe("pass");
  });

  test("fails when patience ends: silence is not health, nor is a stack without alarms", () => {
    expect(look(Array(31).fill(Unknown) as AlarmState[])).toEqual([...Array<string>(30).fill("waiting"), "fail"]);
    expect(look(Array(31).fill(undefined) as undefined[]).at(-1)).toBe("fail");
    expect(judge({ since: 0 }, [], 300_000, settings).decision).toMatchObject({
      reason: "the stacks name no page alarm, for 300 s",
    });
  });

  test("does not judge an alarm that is known to fire, before or after", () => {
    const seen = [alarm(Ok), alarm(Alarm, "noisy")];
    expect(judge({ since: 0, quietSince: 0 }, seen, 60_000, settings).decision.kind).toBe("pass");
    expect(reasonToHold(seen, settings)).toBeUndefined();
    expect(reasonToHold([alarm(Alarm), alarm(Unknown, "new")], settings)).toBe(
      "in alarm before the wave began: gpu (us-east-1)",
    );
  });

  test("passes only after a bake time in which every single look was quiet", () => {
    const states = fc.constantFrom(Ok, Ok, Ok, Ok, Alarm, Unknown);
    const looks = fc.array(
      fc.record({ afterSeconds: fc.integer({ min: 1, max: 40 }), states: fc.array(states, { maxLength: 3 }) }),
      {
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(looks, (all) => {
        let progress: GateProgress = { since: 0 };
        const seen: { at: number; quiet: boolean }[] = [];
        let now = 0;
        for (const { afterSeconds, states: each } of all) {
          now += afterSeconds * 1000;
          seen.push({ at: now, quiet: each.length > 0 && each.every((state) => state === Ok) });
          const { progress: next, decision } = judge(
            progress,
            each.map((state) => alarm(state)),
            now,
            settings,
          );
          progress = next;
          if (each.includes(Alarm)) expect(decision.kind).toBe("fail");
          if (decision.kind === "pass") {
            const lastLoud = seen.findLastIndex(({ quiet }) => !quiet);
            expect(now - seen[lastLoud + 1]!.at).toBeGreaterThanOrEqual(60_000);
          }
          if (decision.kind !== "wait") return;
        }
      }),
    );
  });
});
