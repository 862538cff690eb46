import { defaultSettleSeconds, nextStep, type DialStep, type Move, type RegionDial } from "./dial-rules.ts";

/** The accelerator's dials: AWS's in earnest, a simulation's in drills. */
export interface Dials {
  read(): Promise<RegionDial[]>;
  turn(region: string, percent: number): Promise<void>;
  /** Waits, so that traffic settles and health checks see it. */
  wait(seconds: number): Promise<void>;
}

/** How a move is made. */
export interface EvacuationOptions {
  region: string;
  move: Move;
  /** Percent of each turn. Default: 25. */
  turnPercent?: number;
  /** Seconds between turns, and between looks while holding. Default: 60. */
  settleSeconds?: number;
  /** Looks on hold before giving up. Default: 10. */
  patience?: number;
  /** Tells what would be done, and does nothing. */
  dryRun?: boolean;
}

/** How a move ended. */
export interface EvacuationResult {
  /** Whether the region ended where it was to go. In a dry run: whether it would, if health stays as it is. */
  finished: boolean;
  steps: DialStep[];
}

/**
 * Moves a region's traffic step by step, looking before each. Can be stopped at any time and started again: it goes on
 * from where the dials are.
 *
 * @param tell is told each step before it is made
 */
export async function evacuate(
  dials: Dials,
  options: EvacuationOptions,
  tell: (step: DialStep, regions: RegionDial[]) => void,
): Promise<EvacuationResult> {
  const { region, move, turnPercent, settleSeconds = defaultSettleSeconds, patience = 10, dryRun = false } = options;
  const steps: DialStep[] = [];
  let imagined: RegionDial[] | undefined;
  let held = 0;
  for (;;) {
    const regions = imagined ?? (await dials.read());
    const step = nextStep(regions, region, move, turnPercent);
    steps.push(step);
    tell(step, regions);
    if (step.kind === "done" || step.kind === "refuse") {
      return { finished: step.kind === "done", steps };
    }
    if (step.kind === "hold") {
      held++;
      if (dryRun || held >= patience) {
        return { finished: false, steps };
      }
    } else {
      held = 0;
      if (dryRun) {
        imagined = regions.map((each) => (each.region === region ? { ...each, dialPercent: step.toPercent } : each));
        continue;
      }
      await dials.turn(region, step.toPercent);
    }
    await dials.wait(settleSeconds);
  }
}
