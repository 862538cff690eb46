// npm run drill -- --game-days [name ...] [--stack us-east-1] [--runs 50]: failures played on a stack's configuration.
import { readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { playGameDay, type GameDayReport, type GameDayWorld } from "../packages/components/src/drills/game-day.ts";
import { gameDayReport } from "../packages/components/src/drills/game-day-report.ts";
import { gameDays } from "../packages/components/src/drills/game-days.ts";
import { rawSettings } from "./raw-settings.ts";
import { frontDoorRecoveryArgs, regionRecoveryArgs } from "./recovery.ts";
import { parseSettings } from "./settings.ts";

const configuration = new URL("config/", import.meta.url);

/**
 * A stack's settings, from its file.
 *
 * @throws Error when there is no such stack
 */
export function settingsOf(stack: string) {
  const stacks = readdirSync(configuration).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
  if (!stacks.includes(stack)) {
    throw new Error(`There is no stack ${stack}; there are ${stacks.join(", ")}.`);
  }
  const file = parse(readFileSync(new URL(`Pulumi.${stack}.yaml`, configuration), "utf8")) as {
    config: Record<string, unknown>;
  };
  const config = Object.entries(file.config).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return parseSettings(stack, rawSettings("mrgc:", Object.fromEntries(config) as Record<string, string>));
}

/** @throws Error when `stack` is not a region's */
export function worldOf(stack: string): GameDayWorld {
  const [region, global] = [settingsOf(stack), settingsOf("global")];
  if (region.role !== "region" || global.role !== "global") {
    throw new Error(`${stack} is not a region's stack: say --stack us-east-1, or another region.`);
  }
  const { regions } = frontDoorRecoveryArgs(global);
  // The region whose failure is played comes first.
  const ordered = [region.region, ...regions.filter((other) => other !== region.region)];
  return { region: regionRecoveryArgs(region), frontDoor: { regions: ordered } };
}

/** Plays game days one after the other. */
export async function playAll(names: string[], world: GameDayWorld, runs: number): Promise<GameDayReport[]> {
  const reports: GameDayReport[] = [];
  for (const name of names) {
    const day = gameDays[name];
    if (day === undefined) {
      throw new Error(`No game day is called ${name}; there are ${Object.keys(gameDays).join(", ")}.`);
    }
    reports.push(await playGameDay(name, day, world, runs));
  }
  return reports;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { stack: { type: "string", default: "us-east-1" }, runs: { type: "string", default: "50" } },
  });
  const names = positionals.length > 0 ? positionals : Object.keys(gameDays);
  try {
    const reports = await playAll(names, worldOf(values.stack), Number(values.runs));
    console.log("Simulated in virtual time; nothing here was measured on AWS.");
    console.log(`Configuration of stack ${values.stack}; seeds 1 to ${values.runs}.\n`);
    console.log(gameDayReport(reports));
    process.exitCode = reports.every(({ broken }) => broken.length === 0) ? 0 : 1;
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 2;
  }
}
