import { describe, expect, test } from "vitest";
import { lastGood, latestState } from "./history.ts";
import { DriverName, type Entry, type Release, type RolloutEvent } from "./model.ts";
import { storyLine } from "./story.ts";
import { exitCodeOf, summarize } from "./summary.ts";

const release = (id: string): Release => ({ id, name: id });
const waves = [
  { kind: "canary" as const, stacks: ["a"] },
  { kind: "regions" as const, stacks: ["b"] },
];
const passed = (wave: number, stack: string): RolloutEvent[] => [
  { type: "check-passed", wave, changes: { [stack]: { same: 1 } } },
  { type: "update-started", stack },
  { type: "update-finished", stack, changes: {} },
  { type: "gate-seen", wave, verdict: "green", alarms: [] },
  { type: "gate-passed", wave, quietSeconds: 60 },
];

/** A log of several rollouts, each of a release with events of its own. */
function logOf(...rollouts: { to: string; back: string | null; events: RolloutEvent[] }[]): Entry[] {
  return rollouts
    .flatMap(({ to, back, events }, index) => {
      const previous = back === null ? null : release(back);
      const first: RolloutEvent = {
        type: "started",
        release: release(to),
        waves,
        previous: { a: previous, b: previous },
        settings: { bakeSeconds: 60, pollSeconds: 10, patienceSeconds: 300, knownAlarms: ["noisy"] },
        equipment: { driver: DriverName.Automation, policyPacks: [], alarms: { source: "cloudwatch" } },
        why: "a better model",
      };
      return [first, ...events].map((event) => ({ rollout: String(index + 1), event }));
    })
    .map((each, index) => ({ seq: index + 1, at: "2026-11-21T10:00:00.000Z", by: "ann@desk", ...each }));
}
const ended: RolloutEvent = { type: "ended", outcome: "succeeded" };
const good = (entries: Entry[]) => Object.fromEntries([...lastGood(entries)].map(([stack, { id }]) => [stack, id]));

describe("the release that a stack goes back to", () => {
  const first = { to: "v1", back: null, events: [...passed(0, "a"), ...passed(1, "b"), ended] };

  test("is the one whose gate it passed last", () => {
    expect(good(logOf())).toEqual({});
    expect(good(logOf(first))).toEqual({ a: "v1", b: "v1" });
    expect(good(logOf(first, { to: "v2", back: "v1", events: passed(0, "a") }))).toEqual({ a: "v2", b: "v1" });
  });

  test("is not one that it was left at without a passed gate", () => {
    const stuck = logOf(first, {
      to: "v2",
      back: "v1",
      events: [...passed(0, "a").slice(0, 3), { type: "abort-asked", why: "" }, { type: "ended", outcome: "aborted" }],
    });
    expect(good(stuck)).toEqual({ a: "v1", b: "v1" });
  });

  test("is the earlier one again after it went back, also where it had passed its own gate", () => {
    const back = logOf(first, {
      to: "v2",
      back: "v1",
      events: [
        ...passed(0, "a"),
        { type: "rollback-asked", why: "" },
        { type: "return-started", stack: "a", release: release("v1") },
        { type: "return-finished", stack: "a", changes: {} },
        { type: "ended", outcome: "rolled-back" },
      ],
    });
    expect(good(back)).toEqual({ a: "v1", b: "v1" });
    expect(latestState(back)).toMatchObject({ id: "2", outcome: "rolled-back" });
  });
});

test("the story says who, when, what and why; the summary where it stands", () => {
  const entries = logOf({ to: "v1", back: "v0", events: passed(0, "a").slice(0, 3) });
  expect(entries.map((entry) => storyLine(entry, waves))).toEqual([
    "2026-11-21 10:00:00Z  ann@desk  Rollout 1 begins: a better model. Release v1; the way back leads to v0. Waves: a, then b. A gate wants 60 s of quiet. Known to fire and not judged: noisy.",
    "2026-11-21 10:00:00Z  ann@desk  Before wave 1 of 2 (canary: a): no page is open, and the previews succeed (a: 1 same).",
    "2026-11-21 10:00:00Z  ann@desk  a: update begins.",
    "2026-11-21 10:00:00Z  ann@desk  a: updated (nothing to do).",
  ]);
  const state = latestState(entries)!;
  expect(summarize(state)).toMatchObject({
    status: "gating",
    wave: 1,
    waves: [
      { stacks: [{ stack: "a", status: "updated", previous: { id: "v0" } }] },
      { stacks: [{ status: "pending" }] },
    ],
  });
  expect(exitCodeOf(state)).toBe(4);
});
