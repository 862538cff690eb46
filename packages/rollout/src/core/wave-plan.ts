import { type Wave, WaveKind } from "./model.ts";

/** A plan of waves cannot be made. Names the option, the value, what is allowed and what to do. */
export class WavePlanError extends Error {}

export interface WavePlanArgs {
  /** Every stack that takes part. */
  stacks: readonly string[];
  /** The stack that goes first and alone. Default: the first of the regions by name. */
  canary?: string;
  /** Stacks that go last, each alone and in this order: those that read the others' outputs. */
  last: readonly string[];
  /** Stacks side by side in a wave after the canary. Default: 1. */
  width?: number;
}

/**
 * The canary alone, then the other regions by name in waves of `width`, then what reads their outputs. Every stack is in
 * exactly one wave.
 *
 * @throws WavePlanError when a name is unknown, listed twice or in two roles, or the width is no whole number above 0
 */
export function planWaves({ stacks, canary, last, width = 1 }: WavePlanArgs): Wave[] {
  const known = stacks.length === 0 ? "none" : [...stacks].sort().join(", ");
  const refuse = (option: string, value: string, what: string): never => {
    throw new WavePlanError(`${option} ${value}: ${what}; the stacks are ${known}`);
  };
  const twice = (names: readonly string[]) => names.find((name, index) => names.indexOf(name) !== index);
  if (stacks.length === 0) refuse("--stack", "(none)", "a rollout needs at least one stack");
  for (const [option, names] of [["--stack", stacks] as const, ["--last", last] as const]) {
    const repeated = twice(names);
    if (repeated !== undefined) refuse(option, repeated, "is listed twice; list it once");
  }
  for (const name of last) {
    if (!stacks.includes(name)) refuse("--last", name, "is no stack of this rollout; leave it out, or add it");
  }
  if (!Number.isInteger(width) || width < 1) refuse("--width", String(width), "has to be a whole number, 1 or more");

  const regions = stacks.filter((name) => !last.includes(name)).sort();
  if (canary !== undefined && !regions.includes(canary)) {
    refuse(
      "--canary",
      canary,
      last.includes(canary) ? "goes last; it cannot go first too" : "is no stack of this rollout",
    );
  }
  const first = canary ?? regions[0];
  const others = regions.filter((name) => name !== first);
  const waves: Wave[] = first === undefined ? [] : [{ kind: WaveKind.Canary, stacks: [first] }];
  for (let from = 0; from < others.length; from += width) {
    waves.push({ kind: WaveKind.Regions, stacks: others.slice(from, from + width) });
  }
  return [...waves, ...last.map((name): Wave => ({ kind: WaveKind.Last, stacks: [name] }))];
}
