import type { Activity } from "./model.ts";
import { type Outcome, type Release, type RolloutState, type StackStatus, type WaveKind } from "./model.ts";

/** A rollout's state as `--json` prints it. */
export interface RolloutSummary {
  rollout: string;
  release: Release;
  startedAt: string;
  startedBy: string;
  driver: string;
  /** What is going on: an activity, `paused`, or the outcome. */
  status: Activity | Outcome | "paused";
  /** From 1; the number of waves when all are done. */
  wave: number;
  reason?: string;
  waves: { kind: WaveKind; stacks: { stack: string; status: StackStatus; previous: Release | null }[] }[];
}

export function summarize(state: RolloutState): RolloutSummary {
  const { id, release, startedAt, startedBy, equipment, waves, stacks, previous, reason } = state;
  return {
    rollout: id,
    release,
    startedAt,
    startedBy,
    driver: equipment.driver,
    status: state.outcome ?? (state.paused ? "paused" : state.activity),
    wave: Math.min(state.wave + 1, waves.length),
    ...(reason === undefined ? {} : { reason }),
    waves: waves.map((wave) => ({
      kind: wave.kind,
      stacks: wave.stacks.map((stack) => ({ stack, status: stacks[stack]!, previous: previous[stack] ?? null })),
    })),
  };
}

/** What the process ends with, so that a pipeline can tell. */
export const ExitCode = {
  Succeeded: 0,
  /** A mistake in the call, or a fault; nothing is said about the stacks. */
  Error: 1,
  RolledBack: 3,
  Paused: 4,
  Aborted: 5,
  Stranded: 6,
  /** Another process works on a rollout. */
  Locked: 7,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

const codes: Record<Outcome, ExitCode> = {
  succeeded: ExitCode.Succeeded,
  "rolled-back": ExitCode.RolledBack,
  aborted: ExitCode.Aborted,
  stranded: ExitCode.Stranded,
};

/** Of a process that worked on the rollout and has stopped. */
export const exitCodeOf = (state: RolloutState): ExitCode =>
  state.outcome === undefined ? ExitCode.Paused : codes[state.outcome];
