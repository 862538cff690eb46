import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { balancerExpectation, Path, roundTripExpectations } from "./expectations.ts";
import { parseIperf } from "./iperf.ts";
import { Latencies } from "./latencies.ts";
import { loadRows, makeReport, missingRow, renderReport, roundTripRow, throughputRow } from "./report.ts";
import type { Row } from "./report.ts";
import { Verdict } from "./verdict.ts";

const about = { startedAt: "2026-11-21T12:00:00.000Z", interrupted: false };

function times(...values: number[]): Latencies {
  const latencies = new Latencies();
  values.forEach((value) => latencies.record(value));
  return latencies;
}

describe("a row", () => {
  const target = (path: Path) => ({ name: "use1-az1 10.66.8.4:6379", path });
  const own = roundTripExpectations[Path.OwnZone];

  test("is judged by the path, and says where the expectation comes from", () => {
    const row = roundTripRow(
      "ping",
      target(Path.OwnZone),
      { address: "", latencies: times(0.2, 0.3), errors: new Map() },
      own,
    );
    expect(row).toMatchObject({
      measured: "p50 0.20 ms, p99 0.30 ms",
      expected: "p99 <= 0.45 ms, usual 0.25 ms",
      verdict: "pass",
      notes: ["MEMO-077 app. D: ping 0.15/0.25/0.45 ms in a zone"],
    });
  });

  test.each([
    [Path.Loopback, "loopback: on this machine itself there is no network to judge"],
    [Path.Unknown, "zone unknown: say where this machine is with --from-zone, and list nodes with their zones"],
  ])("is not judged where nothing is promised (%s), and says why", (path, note) => {
    const row = roundTripRow(
      "ping",
      target(path),
      { address: "", latencies: times(99), errors: new Map() },
      balancerExpectation,
    );
    expect([row.verdict, row.notes]).toEqual(["n/a", [note]]);
  });

  test("fails with any lost connection, on every path", () => {
    const errors = new Map([["ECONNREFUSED", 3]]);
    const lost = roundTripRow("connect", target(Path.Loopback), { address: "", latencies: times(), errors }, own);
    expect([lost.verdict, lost.measured, lost.notes]).toEqual(["fail", "no answer", ["3 x ECONNREFUSED"]]);
    const some = roundTripRow("connect", target(Path.OwnZone), { address: "", latencies: times(0.2), errors }, own);
    expect([some.verdict, some.measured]).toEqual(["fail", "p50 0.20 ms, p99 0.20 ms, 3 failed"]);
  });

  test("of throughput expects the baseline's payload: 6.25 Gbps x 1448 / 1538 = 5.88 Gbit/s", () => {
    const measured = (bitsPerSecond: number) => ({ bitsPerSecond, seconds: 10, retransmits: 0 });
    const row = (bits: number, path: Path) => throughputRow(target(path), measured(bits), 6.25e9);
    expect(row(5.9e9, Path.AnotherZone)).toMatchObject({ verdict: "pass", expected: ">= 5.88 Gbit/s" });
    expect(row(5.8e9, Path.Unknown).verdict).toBe("fail");
    expect(row(5.8e9, Path.Loopback).verdict).toBe("n/a");
  });

  test("of the load says so when the client measured itself", () => {
    const options = {
      seconds: 1,
      clients: 1,
      pipeline: 1,
      valueBytes: 1000,
      readShare: 1,
      keys: 1,
      mostPerSecond: 100,
    };
    const report = { seconds: 2, operations: 100, misses: 0, errors: new Map(), latencies: [] };
    const [idle, errors] = loadRows(options, { ...report, busyShare: 0.5 });
    const [busy] = loadRows(options, { ...report, busyShare: 0.95 });
    // 100 operations in 2 s are 50 a second, of 8,000 bits each.
    expect(idle?.measured).toBe("50/s, 0 Mbit/s of values");
    expect([idle?.notes.length, busy?.notes.length]).toEqual([1, 2]);
    expect(busy?.notes[1]).toContain("busy for 95 % of the time and measured itself");
    expect(errors).toMatchObject({ verdict: "pass", measured: "0 of 100", expected: "< 0.01 %" });
  });
});

describe("the table", () => {
  const row = fc.record({
    check: fc.constantFrom("connect", "ping", "GET"),
    target: fc.stringMatching(/^[a-z0-9.: -]{1,40}$/),
    measured: fc.stringMatching(/^[a-z0-9., -]{0,40}$/),
    expected: fc.constantFrom("-", "p99 <= 0.45 ms"),
    verdict: fc.constantFrom(...Object.values(Verdict)),
    notes: fc.array(fc.constantFrom("one note", "another note"), { maxLength: 2 }),
    figures: fc.constant({}),
  }) satisfies fc.Arbitrary<Row>;

  test("has a line a row in columns, each note once, and a sum that adds up", () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), (rows) => {
        const lines = renderReport(makeReport(rows, about)).split("\n");
        const header = lines[2] ?? "";
        const column = header.indexOf("target");
        rows.forEach(({ verdict, check, target }, index) => {
          const line = lines[3 + index] ?? "";
          expect(line.startsWith(verdict)).toBe(true);
          expect(line.slice(header.indexOf("check"), column).trim()).toBe(check);
          expect(line.slice(column).startsWith(target.trimEnd())).toBe(true);
        });
        for (const note of new Set(rows.flatMap(({ notes }) => notes))) {
          expect(lines.filter((line) => line.endsWith(`: ${note}`)).length).toBe(1);
        }
        const numbers = [...(lines.at(-1) ?? "").matchAll(/\d+/g)].map(Number);
        expect(numbers.reduce((sum, number) => sum + number, 0)).toBe(rows.length);
      }),
    );
  });

  test("says that it was stopped, and from where it looked", () => {
    const rows = [missingRow("iperf3", "-", Verdict.NotJudged, "start one")];
    const report = makeReport(rows, { ...about, interrupted: true, region: "us-east-1", fromZone: "use1-az1" });
    expect(report.verdict).toBe("n/a");
    expect(renderReport(report)).toBe(
      [
        "us-east-1, from use1-az1, 2026-11-21T12:00:00.000Z",
        "",
        "     check   target  path  measured      expected",
        "n/a  iperf3  -       -     not measured  -",
        "",
        "iperf3: start one",
        "",
        "0 passed, 0 to look at, 0 failed, 1 not judged; stopped before the end",
      ].join("\n"),
    );
  });
});

test("iperf3's JSON is read, and its errors are told in its own words", () => {
  const end = { sum_sent: { retransmits: 5 }, sum_received: { seconds: 10.01, bits_per_second: 6.2e9 } };
  expect(parseIperf(JSON.stringify({ end }))).toEqual({ seconds: 10.01, bitsPerSecond: 6.2e9, retransmits: 5 });
  expect(() =>
    parseIperf(JSON.stringify({ end: {}, error: "unable to connect to server: Connection refused" })),
  ).toThrow("iperf3: unable to connect to server: Connection refused");
  expect(() => parseIperf(JSON.stringify({ end: {} }))).toThrow("stopped before its end");
  expect(() => parseIperf("")).toThrow("gave no JSON");
});
