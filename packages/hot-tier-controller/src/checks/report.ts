import type { LatencyExpectation, Path } from "./expectations.ts";
import { errorShareLimit, throughputExpectation } from "./expectations.ts";
import type { Throughput } from "./iperf.ts";
import type { LatencySummary } from "./latencies.ts";
import type { LoadOptions, LoadReport } from "./load.ts";
import type { RoundTrips } from "./round-trips.ts";
import { judgeErrors, judgeLatency, judgeThroughput, Verdict, whyNotJudged, worst } from "./verdict.ts";

/** One measurement and what it is worth. */
export interface Row {
  /** What was measured, such as `connect`, `ping`, `GET` or `iperf3`. */
  readonly check: string;
  readonly target: string;
  readonly path?: Path;
  readonly measured: string;
  readonly expected: string;
  readonly verdict: Verdict;
  /** Why the verdict is what it is, where it is not plain, and where the expectation comes from. */
  readonly notes: readonly string[];
  /** The numbers behind `measured`, with their units in their names. */
  readonly figures: Readonly<Record<string, number>>;
}

/** What a command found. */
export interface Report {
  readonly region?: string;
  readonly fromZone?: string;
  readonly startedAt: string;
  readonly interrupted: boolean;
  readonly rows: readonly Row[];
  readonly verdict: Verdict;
}

/** A target as the rows name it. */
export interface Target {
  readonly name: string;
  readonly path: Path;
}

export function makeReport(
  rows: readonly Row[],
  about: Pick<Report, "region" | "fromZone" | "startedAt" | "interrupted">,
): Report {
  return { ...about, rows, verdict: worst(rows.map(({ verdict }) => verdict)) };
}

/** Round trips to one target. Any that failed fails the row: a network that loses connections is not a slow one. */
export function roundTripRow(
  check: string,
  { name, path }: Target,
  { latencies, errors }: RoundTrips,
  expectation: LatencyExpectation | undefined,
): Row {
  const failed = total(errors);
  const base = { check, target: name, path, expected: latencyText(expectation) };
  if (latencies.count === 0) {
    const verdict = failed > 0 ? Verdict.Fail : Verdict.NotJudged;
    return { ...base, measured: "no answer", verdict, notes: errorNotes(errors), figures: { errors: failed } };
  }
  const summary = latencies.summary();
  return {
    ...base,
    measured: `p50 ${ms(summary.p50Ms)}, p99 ${ms(summary.p99Ms)}${failed > 0 ? `, ${failed} failed` : ""}`,
    verdict: failed > 0 ? Verdict.Fail : verdictOf(summary, path, expectation),
    notes: [...errorNotes(errors), ...sourceNotes(path, expectation)],
    figures: { ...summary, errors: failed },
  };
}

/** Latencies of one operation at the primaries of one zone. */
export function operationRow(
  operation: string,
  { name, path }: Target,
  summary: LatencySummary,
  expectation: LatencyExpectation | undefined,
): Row {
  return {
    check: operation,
    target: name,
    path,
    measured: `p50 ${ms(summary.p50Ms)}, p99 ${ms(summary.p99Ms)}, p99.9 ${ms(summary.p999Ms)}`,
    expected: latencyText(expectation),
    verdict: verdictOf(summary, path, expectation),
    notes: sourceNotes(path, expectation),
    figures: { ...summary },
  };
}

/** What the load was, which is measured and not judged, and its errors, which are, wherever it ran. */
export function loadRows(options: LoadOptions, report: LoadReport): Row[] {
  const { operations, seconds, misses, busyShare } = report;
  const errors = total(report.errors);
  const perSecond = seconds > 0 ? operations / seconds : 0;
  const busyPercent = Math.round(100 * busyShare);
  return [
    {
      check: "operations",
      target: "cluster",
      measured: `${perSecond.toFixed(0)}/s, ${((perSecond * options.valueBytes * 8) / 1e6).toFixed(0)} Mbit/s of values`,
      expected: "-",
      verdict: Verdict.NotJudged,
      notes: [
        `bounded to ${options.mostPerSecond}/s by --rate: what one client gets says nothing of a cluster's limit (E29)`,
        ...(busyPercent >= 90
          ? [
              `this process was busy for ${busyPercent} % of the time and measured itself: use fewer --clients or a lower --rate`,
            ]
          : []),
        ...(misses > 0 ? [`${misses} keys were gone before they were read: evicted`] : []),
      ],
      figures: { operations, seconds, operationsPerSecond: perSecond, misses, busyPercent },
    },
    {
      check: "errors",
      target: "cluster",
      measured: `${errors} of ${operations}`,
      expected: `< ${100 * errorShareLimit.share} %`,
      verdict: judgeErrors(errors, operations, errorShareLimit.share),
      notes: [...errorNotes(report.errors), errorShareLimit.source],
      figures: { errors, operations },
    },
  ];
}

/** Bits a second between this machine and another. */
export function throughputRow(
  { name, path }: Target,
  { bitsPerSecond, seconds, retransmits }: Throughput,
  baselineBitsPerSecond: number,
): Row {
  const least = baselineBitsPerSecond * throughputExpectation.payloadShare;
  const unjudged = whyNotJudged(path);
  // Bandwidth is promised for a machine, in its zone and out of it: only a machine's talk with itself is no measure.
  const judged = path !== "loopback";
  return {
    check: "iperf3",
    target: name,
    path,
    measured: `${gbps(bitsPerSecond)}, ${retransmits} retransmits`,
    expected: `>= ${gbps(least)}`,
    verdict: judged ? judgeThroughput(bitsPerSecond, least) : Verdict.NotJudged,
    notes: judged || unjudged === undefined ? [throughputExpectation.source] : [unjudged],
    figures: { bitsPerSecond, seconds, retransmits, leastBitsPerSecond: least },
  };
}

/** A check that could not be made (it fails) or was not asked for (it does not). */
export function missingRow(check: string, target: string, verdict: Verdict, note: string): Row {
  return { check, target, measured: "not measured", expected: "-", verdict, notes: [note], figures: {} };
}

/** The report for people: a table, and below it what has to be known about its rows. */
export function renderReport(report: Report): string {
  const head = ["", "check", "target", "path", "measured", "expected"];
  const lines = report.rows.map((row) => [
    row.verdict,
    row.check,
    row.target,
    row.path ?? "-",
    row.measured,
    row.expected,
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => (line[column] ?? "").length)),
  );
  const table = [head, ...lines].map((line) =>
    line
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const notes = new Map<string, string[]>();
  for (const row of report.rows) {
    for (const note of row.notes) {
      notes.set(note, [...(notes.get(note) ?? []), row.check]);
    }
  }
  const noteLines = [...notes].map(([note, checks]) => `${[...new Set(checks)].join(", ")}: ${note}`);
  const count = (verdict: Verdict): number => report.rows.filter((row) => row.verdict === verdict).length;
  const where = `${report.region ?? "cluster"}, from ${report.fromZone ?? "an unknown zone"}, ${report.startedAt}`;
  const sum = `${count(Verdict.Pass)} passed, ${count(Verdict.Warn)} to look at, ${count(Verdict.Fail)} failed, ${count(Verdict.NotJudged)} not judged`;
  return [
    where,
    "",
    ...table,
    "",
    ...noteLines,
    "",
    `${sum}${report.interrupted ? "; stopped before the end" : ""}`,
  ].join("\n");
}

function verdictOf(summary: LatencySummary, path: Path, expectation: LatencyExpectation | undefined): Verdict {
  return expectation === undefined || whyNotJudged(path) !== undefined
    ? Verdict.NotJudged
    : judgeLatency(summary, expectation);
}

function sourceNotes(path: Path, expectation: LatencyExpectation | undefined): string[] {
  const unjudged = whyNotJudged(path);
  return unjudged !== undefined ? [unjudged] : expectation === undefined ? [] : [expectation.source];
}

function errorNotes(errors: ReadonlyMap<string, number>): string[] {
  return [...errors].map(([what, count]) => `${count} x ${what}`);
}

function total(errors: ReadonlyMap<string, number>): number {
  return [...errors.values()].reduce((sum, count) => sum + count, 0);
}

function latencyText(expectation: LatencyExpectation | undefined): string {
  return expectation === undefined ? "-" : `p99 <= ${ms(expectation.limitMs)}, usual ${ms(expectation.typicalMs)}`;
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}

function gbps(bitsPerSecond: number): string {
  return `${(bitsPerSecond / 1e9).toFixed(2)} Gbit/s`;
}
