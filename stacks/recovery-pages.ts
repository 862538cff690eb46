// node stacks/recovery-pages.ts: writes what is computed into docs/disaster-recovery.md and docs/drills.md.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { renderRecoveryPage } from "@mrgc/components/plans";
import { drillReport } from "../packages/components/src/drills/drill-report.ts";
import { drills, type DrillName } from "../packages/components/src/drills/drills.ts";
import { gameDayReport } from "../packages/components/src/drills/game-day-report.ts";
import { gameDays } from "../packages/components/src/drills/game-days.ts";
import { playAll, settingsOf, worldOf } from "./game-days.ts";
import { recoveryPlan } from "./recovery.ts";

/** Runs of a game day, as the page and the command have them. */
export const pageRuns = 50;

/** A page and what is computed for it, by the names of its markers. */
export interface ComputedPage {
  path: string;
  blocks: Record<string, string>;
}

/** The pages, computed from the stacks' configuration. */
export async function computedPages(): Promise<ComputedPage[]> {
  const page = (name: string) => fileURLToPath(new URL(`../docs/${name}`, import.meta.url));
  return [
    {
      path: page("disaster-recovery.md"),
      blocks: {
        region: renderRecoveryPage(recoveryPlan(settingsOf("us-east-1"))),
        "front-door": renderRecoveryPage(recoveryPlan(settingsOf("global"))),
      },
    },
    {
      path: page("drills.md"),
      blocks: {
        drills: drillReport(Object.keys(drills) as DrillName[]),
        "game-days": gameDayReport(await playAll(Object.keys(gameDays), worldOf("us-east-1"), pageRuns)),
      },
    },
  ];
}

/**
 * What stands between a block's markers.
 *
 * @throws Error when the page has no such markers
 */
export function blockOf(text: string, name: string): string {
  const [from, to] = borders(text, name);
  return text.slice(from, to).trim();
}

function borders(text: string, name: string): [from: number, to: number] {
  const [begin, end] = [`<!-- computed: ${name} -->`, `<!-- end: ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) {
    throw new Error(`the page has no markers ${begin} and ${end}`);
  }
  return [from + begin.length, to];
}

if (import.meta.main) {
  for (const { path, blocks } of await computedPages()) {
    let text = readFileSync(path, "utf8");
    for (const [name, block] of Object.entries(blocks)) {
      const [from, to] = borders(text, name);
      text = `${text.slice(0, from)}\n\n${block}\n\n${text.slice(to)}`;
    }
    writeFileSync(path, text);
  }
}
