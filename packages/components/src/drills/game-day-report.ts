import { inWords } from "../disaster-recovery/render.ts";
import type { GameDayReport } from "./game-day.ts";

const head = ["game day", "what happens", "median", "worst", "RTO", "lost at worst", "RPO", "as the plan says"];

/** What came of game days, as a Markdown table and what did not hold. */
export function gameDayReport(reports: GameDayReport[]): string {
  const rows = reports.map(({ name, title, objective, runs, median, worst, worstLost, broken }) => {
    const { rto, rpo } = objective;
    const played = rto !== undefined && rpo !== undefined && runs > 0;
    return played
      ? [
          name,
          title,
          seconds(median),
          seconds(worst),
          seconds(rto.seconds),
          seconds(worstLost),
          seconds(rpo.seconds),
          broken.length === 0 ? "yes" : "NO",
        ]
      : [name, title, "", "", "none", "", "everything", "yes: there is no way back"];
  });
  return [
    ...[head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`),
    ...reports.flatMap(({ name, broken }) => broken.map((what) => `${name}, ${what}`)),
  ].join("\n");
}

/** Whole seconds, up: a rounded number must not look smaller than it is. */
function seconds(value: number): string {
  return inWords(Math.ceil(value - 1e-9));
}
