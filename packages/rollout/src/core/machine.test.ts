import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { entry, play, release, started, worlds } from "../../test/support/played-rollout.ts";
import { evolve, IllegalEvent, RefusedRequest, replay, stacksInFlight, touchedStacks } from "./machine.ts";
import { Activity, type Entry, Outcome, type RolloutEvent, type RolloutState } from "./model.ts";
import { nextCommand } from "./next-command.ts";

const runs = { numRuns: 1500 };

describe("whatever happens and whoever speaks", () => {
  test("every command leads to events that are allowed, and the rollout ends", () => {
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(worlds, (world) => {
        const { state } = play(world);
        expect(state.outcome).toBeDefined();
        outcomes.add(state.outcome!);
      }),
      runs,
    );
    expect([...outcomes].sort()).toEqual(Object.values(Outcome).sort());
  });

  test("the log alone gives the state, also after a trip through a file, and so does every beginning of it", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const live: RolloutState[] = [];
        const { log, state } = play(world, (_before, _event, after) => live.push(after));
        const read = log.map((each) => JSON.parse(JSON.stringify(each)) as Entry);
        expect(replay(read)).toEqual(state);
        live.forEach((each, index) => expect(replay(read.slice(0, index + 2))).toEqual(each));
      }),
      { numRuns: 200 },
    );
  });

  test("never two waves at once, and none before the gates of all before it were passed", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const passed = new Set<number>();
        play(world, (before, event, after) => {
          if (event.type === "gate-passed") passed.add(event.wave);
          const flying = stacksInFlight(after);
          const waves = before.waves.flatMap(({ stacks }, index) =>
            stacks.some((s) => flying.includes(s)) ? [index] : [],
          );
          expect(waves.length).toBeLessThanOrEqual(1);
          if (event.type === "update-started") {
            const wave = before.waves.findIndex(({ stacks }) => stacks.includes(event.stack));
            expect([...passed].sort()).toEqual(Array.from({ length: wave }, (_, index) => index));
          }
        });
      }),
      runs,
    );
  });

  test("nothing is updated after a red gate, a failed update, or the word to go back or to abort", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        let over = false;
        play(world, (_before, event) => {
          if (event.type === "update-started") expect(over).toBe(false);
          over ||= ["gate-failed", "update-failed", "rollback-asked", "abort-asked"].includes(event.type);
        });
      }),
      runs,
    );
  });

  test("only what was updated goes back, to its own earlier release, later waves first", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const updated = new Set<string>();
        let lastWave = Infinity;
        const { state } = play(world, (before, event) => {
          if (event.type === "update-started") updated.add(event.stack);
          // A second attempt begins with the latest wave that is not back.
          if (event.type === "resumed" || event.type === "rollback-asked") lastWave = Infinity;
          if (event.type !== "return-started") return;
          expect(updated).toContain(event.stack);
          expect(event.release.id).toBe(`old-${event.stack}`);
          const wave = before.waves.findIndex(({ stacks }) => stacks.includes(event.stack));
          expect(wave).toBeLessThanOrEqual(lastWave);
          lastWave = wave;
        });
        const standing = Object.entries(state.stacks).filter(([, status]) => status !== "pending");
        expect(standing.map(([stack]) => stack).sort()).toEqual([...updated].sort());
        if (state.outcome === Outcome.RolledBack) {
          expect(standing.filter(([, status]) => status !== "returned")).toEqual([]);
        }
      }),
      runs,
    );
  });

  test("abort is possible everywhere before the end, begins nothing more and ends as aborted", () => {
    fc.assert(
      fc.property(worlds, fc.nat(60), (world, when) => {
        const { log } = play(world);
        const beginning = log.slice(0, 1 + (when % (log.length - 1)));
        let state = evolve(replay(beginning), entry(99, { type: "abort-asked", why: "enough" }));
        for (const stack of stacksInFlight(state)) {
          expect(nextCommand(state).kind).toBe("await");
          state = evolve(state, entry(100, { type: "interrupted", stack, error: "cut off" }));
        }
        expect(nextCommand(state)).toEqual({ kind: "end", outcome: Outcome.Aborted });
      }),
      runs,
    );
  });
});

/** The rollout of two regions and `global`, as far as these events. */
const after = (...events: RolloutEvent[]): RolloutState =>
  replay([started(["a", "b"], 1), ...events].map((event, index) => entry(index + 1, event)))!;

const updated = (stack: string): RolloutEvent[] => [
  { type: "update-started", stack },
  { type: "update-finished", stack, changes: { update: 1 } },
];
const through = (wave: number, stack: string): RolloutEvent[] => [
  { type: "check-passed", wave, changes: {} },
  ...updated(stack),
  { type: "gate-seen", wave, verdict: "green", alarms: [] },
  { type: "gate-passed", wave, quietSeconds: 60 },
];

describe("the story of a rollout", () => {
  test("goes canary, region, global", () => {
    expect(nextCommand(after())).toMatchObject({ kind: "check", wave: 0, stacks: ["a"] });
    expect(nextCommand(after(...through(0, "a")))).toMatchObject({ kind: "check", wave: 1, stacks: ["b"] });
    expect(nextCommand(after(...through(0, "a"), ...through(1, "b")))).toMatchObject({ wave: 2, stacks: ["global"] });
    const all = after(...through(0, "a"), ...through(1, "b"), ...through(2, "global"));
    expect(nextCommand(all)).toEqual({ kind: "end", outcome: "succeeded" });
  });

  test("a red gate of the second wave takes both regions back, the second first", () => {
    const red = after(...through(0, "a"), { type: "check-passed", wave: 1, changes: {} }, ...updated("b"), {
      type: "gate-failed",
      wave: 1,
      reason: "in alarm: gpu (b)",
      alarms: [],
    });
    expect(touchedStacks(red)).toEqual(["a", "b"]);
    expect(nextCommand(red)).toEqual({ kind: "return", stacks: [{ stack: "b", release: release("old-b") }] });
  });

  test("what was cut off is updated again", () => {
    const cut = after(
      { type: "check-passed", wave: 0, changes: {} },
      { type: "update-started", stack: "a" },
      { type: "taken-over", from: "process 7", stacks: ["a"] },
    );
    expect(nextCommand(cut)).toEqual({ kind: "update", stacks: ["a"] });
  });

  test("of a wave that was cut off, only what was not done is updated", () => {
    const events: RolloutEvent[] = [
      started(["a", "b", "c"], 2),
      ...through(0, "a"),
      { type: "check-passed", wave: 1, changes: {} },
      { type: "update-started", stack: "b" },
      { type: "update-started", stack: "c" },
      { type: "update-finished", stack: "b", changes: {} },
      { type: "taken-over", from: "process 7", stacks: ["c"] },
    ];
    const state = replay(events.map((event, index) => entry(index + 1, event)))!;
    expect(nextCommand(state)).toEqual({ kind: "update", stacks: ["c"] });
  });

  test("a pause during an update waits for its end, and the gate then begins anew", () => {
    const asked = after(
      { type: "check-passed", wave: 0, changes: {} },
      { type: "update-started", stack: "a" },
      { type: "pause-asked", why: "lunch" },
    );
    expect([asked.paused, nextCommand(asked).kind]).toEqual([false, "await"]);
    const done = evolve(asked, entry(9, { type: "update-finished", stack: "a", changes: {} }));
    expect([done.paused, done.activity]).toEqual([true, Activity.Gating]);
    const resumed = evolve(done, entry(10, { type: "resumed", why: "back" }));
    expect(nextCommand(resumed)).toEqual({ kind: "watch", wave: 0, watch: ["a"] });
  });

  test("a pause does not take back the word to go back that waits for an update's end", () => {
    const asked = after(
      { type: "check-passed", wave: 0, changes: {} },
      { type: "update-started", stack: "a" },
      { type: "rollback-asked", why: "bad release" },
    );
    expect(() => evolve(asked, entry(9, { type: "pause-asked", why: "lunch" }))).toThrow(/goes back once/);
    const ended = evolve(asked, entry(9, { type: "interrupted", stack: "a", error: "cut off" }));
    expect(nextCommand(ended)).toMatchObject({ kind: "return", stacks: [{ stack: "a" }] });
    expect(evolve(ended, entry(10, { type: "pause-asked", why: "lunch" })).paused).toBe(true);
  });

  test("refuses what cannot be", () => {
    const gating = after({ type: "check-passed", wave: 0, changes: {} }, ...updated("a"));
    const waiting = evolve(gating, entry(9, { type: "gate-seen", wave: 0, verdict: "waiting", alarms: [] }));
    expect(() => evolve(waiting, entry(10, { type: "gate-passed", wave: 0, quietSeconds: 0 }))).toThrow(IllegalEvent);
    expect(() => evolve(gating, entry(10, { type: "update-started", stack: "b" }))).toThrow(/does not fit/);
    expect(() => evolve(gating, entry(10, { type: "resumed", why: "" }))).toThrow(/is not paused/);
    const updating = after({ type: "check-passed", wave: 0, changes: {} });
    expect(() => evolve(updating, entry(9, { type: "update-started", stack: "b" }))).toThrow(/does not fit/);
    const aborting = [
      { type: "update-started", stack: "a" },
      { type: "abort-asked", why: "" },
    ] satisfies RolloutEvent[];
    const flying = aborting.reduce((state, event, index) => evolve(state, entry(9 + index, event)), updating);
    expect(() => evolve(flying, entry(11, { type: "ended", outcome: "aborted" }))).toThrow(IllegalEvent);
    expect(() => evolve(flying, entry(11, { type: "pause-asked", why: "" }))).toThrow(RefusedRequest);
    const cut = evolve(flying, entry(11, { type: "interrupted", stack: "a", error: "" }));
    expect(() => evolve(cut, entry(12, { type: "update-started", stack: "a" }))).toThrow(/does not fit/);
    expect(() => evolve(undefined, entry(1, { type: "resumed", why: "" }))).toThrow(/begins with "started"/);
    const ended = evolve(
      evolve(gating, entry(10, { type: "abort-asked", why: "" })),
      entry(11, { type: "ended", outcome: "aborted" }),
    );
    expect(() => evolve(ended, entry(12, { type: "abort-asked", why: "" }))).toThrow(/has ended: aborted/);
  });
});
