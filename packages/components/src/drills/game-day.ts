import type {
  DisasterRecoveryPlan,
  FrontDoorRecoveryArgs,
  RecoveryObjective,
  RegionRecoveryArgs,
} from "../disaster-recovery/args.ts";
import { frontDoorRecoveryPlan } from "../disaster-recovery/front-door-recovery-plan.ts";
import { givenTimes, type GivenTimeName } from "../disaster-recovery/given-times.ts";
import { disasterRecoveryPlan } from "../disaster-recovery/recovery-plan.ts";
import { seeded } from "./random.ts";

/** What a game day is played on: the same arguments that the plan is computed from. */
export interface GameDayWorld {
  region: RegionRecoveryArgs;
  frontDoor: FrontDoorRecoveryArgs;
}

/** How one run of a game day ended. */
export interface GameDayRun {
  /** From the failure until it was over for everybody. */
  seconds: number;
  /** Seconds of writes that were lost. Default: none. */
  lostSeconds?: number;
  /** What has to hold beside the times, by what it is. */
  checks: Record<string, boolean>;
}

/** A run's dice. */
export interface Dice {
  random(): number;
  /** A part of a duration that no configuration decides, from a share of it (default: nothing) to all of it. */
  upTo(name: GivenTimeName, leastShare?: number): number;
}

/** A failure that is played, and what has to come of it. */
export interface GameDay {
  title: string;
  play(world: GameDayWorld, dice: Dice): GameDayRun | Promise<GameDayRun>;
  /** What is played where the plan says that there is no way back: throws unless that is so. */
  playRefusal?(world: GameDayWorld): void;
}

/** What came of a game day. */
export interface GameDayReport {
  name: string;
  title: string;
  objective: RecoveryObjective;
  runs: number;
  median: number;
  worst: number;
  worstLost: number;
  /** What did not hold, with the seed that shows it; empty when all is as the plan says. */
  broken: string[];
}

/** Where the objective of a game day is: in the region's plan or in the front door's. */
function objectiveOf(name: string, plans: DisasterRecoveryPlan[]): RecoveryObjective {
  const objective = plans.flatMap(({ objectives }) => objectives).find(({ gameDay }) => gameDay === name);
  if (objective === undefined) {
    throw new Error(`the plan names no game day ${name}: this configuration has nothing to play it on`);
  }
  return objective;
}

/**
 * Plays a game day with seeds 1 to `runs`, in virtual time, and compares what it took and lost with the plan.
 *
 * @param runs a whole number from 1
 * @param plans default: those of the world itself
 * @throws Error when the configuration has nothing that the game day is about, or nothing would be played
 */
export async function playGameDay(
  name: string,
  day: GameDay,
  world: GameDayWorld,
  runs: number,
  plans: DisasterRecoveryPlan[] = [disasterRecoveryPlan(world.region), frontDoorRecoveryPlan(world.frontDoor)],
): Promise<GameDayReport> {
  if (!Number.isInteger(runs) || runs < 1) {
    throw new Error(`runs has to be a whole number from 1, and is ${runs}`);
  }
  const objective = objectiveOf(name, plans);
  const times = givenTimes(world.region.times);
  const seconds: number[] = [];
  let worstLost = 0;
  const broken: string[] = [];
  const { rto, rpo } = objective;
  if (rto === undefined || rpo === undefined) {
    day.playRefusal?.(world);
    return { name, title: day.title, objective, runs: 0, median: 0, worst: 0, worstLost, broken };
  }
  for (let seed = 1; seed <= runs; seed++) {
    const random = seeded(seed);
    const run = await day.play(world, {
      random,
      upTo: (time, leastShare = 0) => times(time, "").seconds * (leastShare + (1 - leastShare) * random()),
    });
    const lost = run.lostSeconds ?? 0;
    seconds.push(run.seconds);
    worstLost = Math.max(worstLost, lost);
    const holds: Record<string, boolean> = {
      ...run.checks,
      [`over after ${run.seconds.toFixed(1)} s, and the plan says ${rto.seconds}`]: run.seconds <= rto.seconds,
      [`${lost.toFixed(1)} s are lost, and the plan says ${rpo.seconds}`]: lost <= rpo.seconds,
    };
    broken.push(
      ...Object.keys(holds)
        .filter((what) => !holds[what])
        .map((what) => `seed ${seed}: ${what}`),
    );
  }
  seconds.sort((a, b) => a - b);
  return {
    name,
    title: day.title,
    objective,
    runs,
    median: seconds[Math.floor(runs / 2)] ?? 0,
    worst: seconds.at(-1) ?? 0,
    worstLost,
    broken,
  };
}
