import fc from "fast-check";
import { expect, it } from "vitest";
import { badMinutes, goodShare, judgedSeconds, secondsToNotice, secondsToRecover } from "./judgement.ts";

/** When the alarm changes its mind, seen minute by minute: looks are good before `change` and bad after, or the reverse. */
function changesAt(interval: number, phase: number, change: number, goodBefore: boolean): number {
  let bad = 0;
  for (let minute = 0; ; minute++) {
    const looks = Array.from(
      { length: judgedSeconds / interval },
      (_, index) => minute * judgedSeconds + phase + index * interval,
    );
    const good = looks.filter((look) => look < change === goodBefore).length / looks.length;
    bad = good < goodShare ? bad + 1 : 0;
    const end = (minute + 1) * judgedSeconds;
    if (goodBefore ? bad >= badMinutes(interval) : end > change && bad === 0) {
      return end;
    }
  }
}

it.each([
  [10, 100, 90],
  [30, 120, 90],
  [60, 180, 120],
])("a look every %i s is noticed within %i s and taken back within %i s", (interval, notice, recover) => {
  expect([secondsToNotice(interval), secondsToRecover(interval)]).toEqual([notice, recover]);
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: interval, noNaN: true, maxExcluded: true }),
      fc.double({ min: 120, max: 240, noNaN: true }),
      (phase, change) => {
        expect(changesAt(interval, phase, change, true) - change).toBeLessThanOrEqual(notice);
        expect(changesAt(interval, phase, change, false) - change).toBeLessThanOrEqual(recover);
      },
    ),
  );
});
