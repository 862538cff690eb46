/** A region behind the accelerator as it is now. */
export interface RegionDial {
  region: string;
  /** 0 to 100. */
  dialPercent: number;
  /** Whether the accelerator finds it healthy; undefined while it does not say. */
  healthy: boolean | undefined;
}

/** What a move is for. */
export const Move = {
  /** Take the region's traffic away. */
  Evacuate: "evacuate",
  /** Give it back. */
  Return: "return",
} as const;
/** One of `Move`. */
export type Move = (typeof Move)[keyof typeof Move];

/** What to do next. */
export type DialStep =
  | { kind: "turn"; region: string; fromPercent: number; toPercent: number }
  /** Wait and look again: it may get better by itself. */
  | { kind: "hold"; reason: string }
  /** Never: somebody has to change something first. */
  | { kind: "refuse"; reason: string }
  | { kind: "done" };

/** Percent of a turn unless said: each takes away at most a quarter of what the others have to bear at once. */
export const defaultTurnPercent = 25;

/** Seconds between turns unless said: two of the accelerator's health decisions. */
export const defaultSettleSeconds = 60;

/**
 * The next turn of one region's dial. Only one region moves at a time, by one step at a time; nothing moves on missing
 * data; and traffic is never sent away from the last healthy region.
 */
export function nextStep(
  regions: readonly RegionDial[],
  region: string,
  move: Move,
  turnPercent = defaultTurnPercent,
): DialStep {
  const moving = regions.find((candidate) => candidate.region === region);
  if (moving === undefined) {
    return { kind: "refuse", reason: `${region} is not behind the accelerator; it has ${names(regions)}.` };
  }
  const others = regions.filter((candidate) => candidate.region !== region);
  const halfway = others.filter(({ dialPercent }) => dialPercent > 0 && dialPercent < 100);
  if (halfway.length > 0) {
    return {
      kind: "refuse",
      reason: `${names(halfway)} stands halfway: finish that move first, one region at a time.`,
    };
  }
  return move === Move.Evacuate ? evacuation(moving, others, turnPercent) : comeback(moving, turnPercent);
}

function evacuation(moving: RegionDial, others: RegionDial[], turnPercent: number): DialStep {
  if (moving.dialPercent === 0) {
    return { kind: "done" };
  }
  const receivers = others.filter(({ dialPercent }) => dialPercent > 0);
  const silent = receivers.filter(({ healthy }) => healthy === undefined);
  if (silent.length > 0) {
    return { kind: "hold", reason: `Nothing is known of ${names(silent)}, which would take the traffic.` };
  }
  const ill = receivers.filter(({ healthy }) => healthy === false);
  if (receivers.length === ill.length) {
    return {
      kind: "refuse",
      reason: `No other healthy region takes traffic: ${moving.region} is the last one, as good or bad as it is.`,
    };
  }
  if (ill.length > 0) {
    return { kind: "hold", reason: `${names(ill)} is unhealthy; more traffic now would hit what is left.` };
  }
  return turn(moving, Math.max(0, moving.dialPercent - turnPercent));
}

function comeback(moving: RegionDial, turnPercent: number): DialStep {
  if (moving.dialPercent >= 100) {
    return { kind: "done" };
  }
  if (moving.healthy === undefined) {
    return { kind: "hold", reason: `Nothing is known of ${moving.region}.` };
  }
  if (!moving.healthy) {
    return { kind: "hold", reason: `${moving.region} is not healthy yet.` };
  }
  return turn(moving, Math.min(100, moving.dialPercent + turnPercent));
}

function turn({ region, dialPercent }: RegionDial, toPercent: number): DialStep {
  return { kind: "turn", region, fromPercent: dialPercent, toPercent };
}

function names(regions: readonly RegionDial[]): string {
  return regions.map(({ region }) => region).join(", ");
}
