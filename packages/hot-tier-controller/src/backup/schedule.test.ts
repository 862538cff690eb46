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

test.each([
  [[], true],
  [["before-the-upgrade"], true],
  [["2026-11-21T08-59-59.000Z"], true],
  [["2026-11-21T08-00-00.000Z", "2026-11-21T09-00-01.000Z"], false],
])("after %j a backup is due: %s", (generations, take) => {
  expect(decideBackup(generations, 1e9, budget, 800, now).take).toBe(take);
});

test("a backup that would not end in time is not begun, and says what to do", () => {
  // 16 shards of 66 GB at 400 MB/s: 2,640 s, and 28.5 s of forks
  const decision = decideBackup([], 1_056e9, budget, 800, now);
  expect(decision).toEqual({
    take: false,
    problem: expect.stringContaining("takes 2669 s and this process has 800 s") as string,
  });
});

test("the recovery point is the longer of interval and duration, plus one duration", () => {
  const small = recoveryPoint(40e9, 400_000_000, 3_600);
  expect([Math.round(small.backupSeconds), Math.round(small.worstSeconds)]).toEqual([101, 3_701]);
  // The document's 5 minutes at 1,000 nodes of 120 GB would need 400 GB/s (E43).
  expect(Math.round(recoveryPoint(120e12, 400e9, 300).backupSeconds - 120e12 * 0.027e-9)).toBe(300);
});
