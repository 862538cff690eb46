import { expect, test } from "vitest";
import { recoveryPoint } from "./manifest.ts";
import { decideBackup, generationAge, generationName } from "./schedule.ts";

const now = new Date("2026-11-21T10:00:00.000Z");
const budget = { backupBytesPerSecond: 400_000_000, backupIntervalSeconds: 3_600 };

test("a generation's name gives its age; names that people gave have none", () => {
  const name = generationName(new Date("2026-11-21T09:30:00.000Z"));
  expect(name).toBe("2026-11-21T09-30-00.000Z");
  expect(generationAge(name, now)).toBe(1_800);
  expect(generationAge("before-the-upgrade", now)).toBeUndefined();
});

const begun = "2026-11-21T10-00-00.000Z";

test.each([
  [[], begun],
  [["before-the-upgrade"], begun],
  [["2026-11-21T08-59-59.000Z"], begun],
  [["2026-11-21T08-00-00.000Z", "2026-11-21T09-00-01.000Z"], undefined],
])("after %j the generation %s is begun", (finished, take) => {
  expect(decideBackup({ finished, unfinished: [] }, [1e9], budget, 800, now).take).toBe(take);
});

test.each([
  // Unfinished, whole ones, what is taken, what is removed.
  [["2026-11-21T09-30-00.000Z"], [], "2026-11-21T09-30-00.000Z", []],
  // It goes on although the last whole one is younger than the interval.
  [["2026-11-21T09-30-00.000Z"], ["2026-11-21T09-10-00.000Z"], "2026-11-21T09-30-00.000Z", []],
  // A whole one was begun later: nobody needs the older half.
  [["2026-11-21T09-10-00.000Z"], ["2026-11-21T09-30-00.000Z"], undefined, ["2026-11-21T09-10-00.000Z"]],
  // Of two the newer one.
  [
    ["2026-11-21T08-00-00.000Z", "2026-11-21T09-00-00.000Z"],
    [],
    "2026-11-21T09-00-00.000Z",
    ["2026-11-21T08-00-00.000Z"],
  ],
  // Older than a day: its files would be a day apart.
  [["2026-11-20T09-59-59.000Z"], [], begun, ["2026-11-20T09-59-59.000Z"]],
  // What a person named is a person's.
  [["before-the-upgrade"], [], begun, []],
])("of the unfinished %j, with %j whole, %s is taken and %j removed", (unfinished, finished, take, remove) => {
  expect(decideBackup({ finished, unfinished }, [1e9], budget, 800, now)).toEqual({
    ...(take === undefined ? {} : { take }),
    remove,
  });
});

test("an unfinished generation may be older than a day where one takes longer", () => {
  // 500 shards of 66 GB at 400 MB/s are 83,391 s.
  const shards = Array.from({ length: 500 }, () => 66e9);
  const unfinished = ["2026-11-20T09-00-00.000Z"];
  expect(decideBackup({ finished: [], unfinished }, shards, budget, 800, now).take).toBe(unfinished[0]);
});

test("many shards are taken over many calls; one that does not fit into a call is not begun, and says what to do", () => {
  // 66 GB at 400 MB/s: 165 s, and 1.8 s of fork
  const shards = Array.from({ length: 160 }, () => 66e9);
  expect(decideBackup({ finished: [], unfinished: [] }, shards, budget, 800, now).take).toBe(begun);
  expect(decideBackup({ finished: [], unfinished: [] }, [66e9, 330e9], budget, 800, now)).toEqual({
    remove: [],
    problem: expect.stringContaining("largest shard, 330 GB at 400 MB/s, takes 834 s and a call has 800 s") as string,
  });
});

test("the recovery point is the longer of interval and duration, plus one duration", () => {
  const small = recoveryPoint(40e9, 400_000_000, 3_600);
  expect([Math.round(small.backupSeconds), Math.round(small.worstSeconds)]).toEqual([101, 3_701]);
  // The document's 5 minutes at 1,000 nodes of 120 GB would need 400 GB/s (E43).
  expect(Math.round(recoveryPoint(120e12, 400e9, 300).backupSeconds - 120e12 * 0.027e-9)).toBe(300);
});
