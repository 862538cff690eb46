import { measure, type DrillName } from "./drills.ts";

const head = ["drill", "client", "requests failed", "last failure after the fault: median", "p99", "worst"];

/** What drills found, as a Markdown table. */
export function drillReport(names: DrillName[]): string {
  const rows = names.flatMap((name) =>
    measure(name).map(({ kind, result }) => {
      const { median, p99, worst } = result.lastFailure;
      const share = ((100 * result.failed) / result.requests).toFixed(3);
      return [name, kind.name, `${share} %`, ...[median, p99, worst].map((value) => `${value.toFixed(0)} s`)];
    }),
  );
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
