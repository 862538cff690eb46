import fc from "fast-check";
import { expect, test } from "vitest";
import { Lanes } from "./lanes.ts";
import { defaultPace, Pace } from "./pace.ts";

const start = { keysPerSlot: 60, forkMs: 2 };

function after(jobs: readonly number[], forkMs = 0): number[] {
  const pace = new Pace(defaultPace, start);
  return jobs.map((worstMs) => {
    pace.afterJob(worstMs, forkMs);
    return pace.slots;
  });
}

test("jobs begin with as many keys as half of the aim allows", () => {
  // 12 ms / 2 x 250 keys a ms = 1,500 keys; at 60 a slot 25 slots
  expect(new Pace(defaultPace, start).slots).toBe(25);
  expect(new Pace(defaultPace, { keysPerSlot: 16_000, forkMs: 2 }).slots).toBe(1);
  expect(new Pace(defaultPace, { keysPerSlot: 0, forkMs: 0 }).slots).toBe(512);
});

test("jobs grow by half while clients wait for less than half of the aim; once is a hiccup, twice halves them, and they grow slowly from then on", () => {
  expect(after([5, 5, 13, 5, 13, 13, 5, 8])).toEqual([37, 55, 55, 82, 82, 41, 46, 46]);
});

test("no job has fewer keys than 1,000, because it would not be shorter: 17 slots of 60", () => {
  expect(after(Array.from({ length: 9 }, () => 100)).at(-1)).toBe(17);
});

test("what a fork costs is no reason for smaller jobs, and a node with a long fork gets few large ones", () => {
  // 2,000 ms of fork and 500 ms of hand-over: half of it would be twice the forks.
  expect(after([2_500, 2_500, 4_500, 4_500], 2_000)).toEqual([37, 55, 55, 27]);
  expect(new Pace(defaultPace, { keysPerSlot: 16_000, forkMs: 2_000 }).slots).toBe(15);
});

test("round trips of MIGRATE follow their own time", () => {
  const pace = new Pace(defaultPace, start);
  const sizes = [4, 13, 13].map((ms) => [pace.keys, pace.afterKeys(ms)]);
  expect([...sizes, pace.keys]).toEqual([[50, false], [75, true], [75, true], 37]);
});

test("whatever clients see, sizes stay within their bounds, and a node that is slow for long comes down to the least", () => {
  const waits = fc.array(fc.double({ min: 0, max: 10_000, noNaN: true }), { maxLength: 50 });
  fc.assert(
    fc.property(waits, fc.integer({ min: 1, max: 100_000 }), (worst, keysPerSlot) => {
      const pace = new Pace(defaultPace, { keysPerSlot, forkMs: 0 });
      const fewestSlots = Math.min(512, Math.ceil(1_000 / keysPerSlot));
      for (const ms of worst) {
        pace.afterJob(ms, 0);
        pace.afterKeys(ms);
        expect(pace.slots).toBeGreaterThanOrEqual(fewestSlots);
        expect(pace.slots).toBeLessThanOrEqual(defaultPace.mostSlots);
        expect(pace.keys).toBeGreaterThanOrEqual(defaultPace.fewestKeys);
        expect(pace.keys).toBeLessThanOrEqual(defaultPace.mostKeys);
      }
      // 512 halved nine times is 1.
      for (let job = 0; job < 20; job++) {
        pace.afterJob(1_000, 0);
        pace.afterKeys(1_000);
      }
      expect([pace.slots, pace.keys]).toEqual([fewestSlots, defaultPace.fewestKeys]);
    }),
  );
});

test("the pause keeps the bytes within the budget", () => {
  // 100 MB at 200 MB/s take 500 ms, of which 200 have passed.
  expect(new Pace(defaultPace, start).pauseMs(100_000_000, 200)).toBe(300);
  expect(new Pace(defaultPace, start).pauseMs(1, 200)).toBe(0);
});

test("fewer jobs side by side when clients wait beside others, one more after as many good ones as there are lanes", async () => {
  const lanes = new Lanes(4);
  await Promise.all([lanes.enter(), lanes.enter(), lanes.enter()]);
  lanes.leave(true);
  expect(lanes.width).toBe(2);
  lanes.leave(false);
  expect(lanes.width).toBe(2);
  lanes.leave(false);
  expect(lanes.width).toBe(3);
  await lanes.enter();
  // Nobody else was at work: it was not the crowd.
  lanes.leave(true);
  expect(lanes.width).toBe(3);
});

test("no more jobs than lanes are ever under way, and every one gets its turn", async () => {
  const work = fc.array(fc.boolean(), { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 6 }), work, async (most, jobs) => {
      const lanes = new Lanes(most);
      let busy = 0;
      let done = 0;
      await Promise.all(
        jobs.map(async (slow) => {
          await lanes.enter();
          busy += 1;
          expect(busy).toBeLessThanOrEqual(most);
          await Promise.resolve();
          busy -= 1;
          done += 1;
          lanes.leave(slow);
        }),
      );
      expect(done).toBe(jobs.length);
      expect(lanes.width).toBeGreaterThanOrEqual(1);
    }),
  );
});
