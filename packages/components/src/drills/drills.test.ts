import { expect, test } from "vitest";
import { measure, type DrillName } from "./drills.ts";
import { defaultTimings, type Timings } from "./timings.ts";

const size = { clients: 60, runs: 5 };
const both = (name: DrillName, timings?: Timings) => {
  const [every, one] = measure(name, size, timings).map(({ result }) => result);
  if (every === undefined || one === undefined) {
    throw new Error("a drill has two kinds of client");
  }
  return { every, one };
};

test("a region's failure is over when the probe, the alarm and the resolver have all had their time, and not before", () => {
  const { every } = both("region");
  // A minute with three good looks of six, a bad one, and 15 s to Route 53; then the last resolver has its answer for 60 s more.
  const turned = 40 + 60 + 15;
  expect(every.lastFailure.worst).toBeLessThanOrEqual(turned + 60 + 1);
  expect(every.lastFailure.worst).toBeGreaterThan(turned);
  // Half of the answers are older than 30 s when the name turns.
  expect(Math.abs(every.lastFailure.median - (turned + 30))).toBeLessThan(8);
});

test("each timing of a region's failure moves the worst client by as much", () => {
  const worst = (change: Partial<Timings>) => both("region", { ...defaultTimings, ...change }).every.lastFailure.worst;
  expect(Math.abs(worst({ alarmDelay: 45 }) - worst({}) - 30)).toBeLessThan(2);
  expect(Math.abs(worst({ probeNotices: 130 }) - worst({}) - 30)).toBeLessThan(2);
});

test("without another region behind the name, the failure lasts as long as the fault", () => {
  const { every } = both("region-without-failover");
  expect(every.lastFailure.median).toBeGreaterThan(590);
  // 600 s of 900 s are lost, a request a second that waits no longer than its time-out: at least a third of what was sent.
  expect(every.failed / every.requests).toBeGreaterThan(0.33);
});

test("in a zone's failure and a subnet's switch-off, trying every address saves the wait for DNS", () => {
  const zone = both("az");
  // The load balancer needs 20 s; a request may hang 5 s more, and a connect a second for each address.
  expect(zone.every.lastFailure.worst).toBeLessThanOrEqual(20 + 5 + 3);
  // One address only: the zone leaves the name after 30 s, the last resolver forgets it 60 s later.
  expect(zone.one.lastFailure.worst).toBeLessThanOrEqual(30 + 60 + 5);
  expect(zone.one.lastFailure.worst).toBeGreaterThan(zone.every.lastFailure.worst);
  const subnet = both("subnet");
  expect(subnet.every.lastFailure.worst).toBeLessThanOrEqual(1 + 5);
  expect(subnet.one.lastFailure.worst).toBeLessThanOrEqual(60 + 5);
});

test("the same seeds give the same figures", () => {
  expect(measure("az", size)).toEqual(measure("az", size));
});
