/** What a rollout is, as plain data: everything here is written to the audit log and read back from it. */

/** One step of a rollout: stacks that are updated side by side and judged together. */
export interface Wave {
  kind: WaveKind;
  stacks: string[];
}

export const WaveKind = {
  /** One region first. */
  Canary: "canary",
  Regions: "regions",
  /** Stacks that read the regions' outputs. */
  Last: "last",
} as const;
export type WaveKind = (typeof WaveKind)[keyof typeof WaveKind];

/** The files of the project at one moment: program, components, configuration and lock file. */
export interface Release {
  /** Hash of the files' tree, by git: two releases with one id are the same to the byte. */
  id: string;
  /** What the operator asked for: a branch, a commit, or the working tree. */
  name: string;
  /** The commit that the files are; undefined for files that nobody committed. */
  commit?: string;
}

/** Number of resources by what was done with them: `{ update: 3, same: 290 }`. */
export type Changes = Partial<Record<string, number>>;

export const AlarmState = {
  Ok: "OK",
  Alarm: "ALARM",
  /** CloudWatch cannot tell, or does not know the alarm, or did not answer. */
  Unknown: "UNKNOWN",
} as const;
export type AlarmState = (typeof AlarmState)[keyof typeof AlarmState];

/** One page alarm of a stack as it was seen. */
export interface SeenAlarm {
  stack: string;
  name: string;
  state: AlarmState;
  /** Why CloudWatch set it so, or why it is unknown. */
  reason?: string;
}

/** Chosen at the start, kept until the end: a resumed rollout is judged as it began. */
export interface Settings {
  /** The alarms have to be quiet for this long after a wave. */
  bakeSeconds: number;
  /** Between two looks at the alarms. */
  pollSeconds: number;
  /** A gate that is neither passed nor red after this long counts as red: silence is not health. */
  patienceSeconds: number;
  /** Alarms that are known to fire and are not judged. */
  knownAlarms: string[];
}

/** What a rollout works with, kept so that another process goes on with the same. */
export interface Equipment {
  driver: DriverName;
  /** Folders within the project. */
  policyPacks: string[];
  alarms:
    | { source: "cloudwatch" }
    /** States from a file or from the command line: `redStacks` are in alarm once they were updated. */
    | { source: "told"; file?: string; redStacks: string[] };
}

export const DriverName = {
  /** A real Pulumi CLI, by the Automation API. */
  Automation: "automation",
  /** The sandbox's embedded engine, with simulated providers. */
  Sandbox: "sandbox",
} as const;
export type DriverName = (typeof DriverName)[keyof typeof DriverName];

export const Outcome = {
  Succeeded: "succeeded",
  RolledBack: "rolled-back",
  /** Left as it stands, at an operator's word. */
  Aborted: "aborted",
  /** A stack had to go back and has no earlier release to go back to. */
  Stranded: "stranded",
} as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** What happened, in the past tense. A rollout is the sequence of its events. */
export type RolloutEvent =
  | {
      type: "started";
      release: Release;
      waves: Wave[];
      /** Where each stack goes back to; null for one that has no earlier release. */
      previous: Record<string, Release | null>;
      settings: Settings;
      equipment: Equipment;
      why: string;
    }
  /** Alarms were quiet before the wave, and the previews succeeded. */
  | { type: "check-passed"; wave: number; changes: Record<string, Changes> }
  /** Something forbids to begin the wave. Nothing of it was touched. */
  | { type: "check-failed"; wave: number; reason: string }
  | { type: "update-started"; stack: string }
  | { type: "update-finished"; stack: string; changes: Changes }
  | { type: "update-failed"; stack: string; error: string }
  /** What the gate sees, written when it changes. */
  | { type: "gate-seen"; wave: number; verdict: "green" | "waiting"; alarms: SeenAlarm[] }
  | { type: "gate-passed"; wave: number; quietSeconds: number }
  | { type: "gate-failed"; wave: number; reason: string; alarms: SeenAlarm[] }
  | { type: "pause-asked"; why: string }
  | { type: "resumed"; why: string }
  | { type: "rollback-asked"; why: string }
  | { type: "abort-asked"; why: string }
  | { type: "return-started"; stack: string; release: Release }
  | { type: "return-finished"; stack: string; changes: Changes }
  | { type: "return-failed"; stack: string; error: string }
  | { type: "return-impossible"; stack: string }
  /** An update or return was cut off; the stack stands somewhere between two releases. */
  | { type: "interrupted"; stack: string; error: string }
  /** The process that ran the rollout ended without a word; what it was doing was cut off. */
  | { type: "taken-over"; from: string; stacks: string[] }
  | { type: "ended"; outcome: Outcome };

/** An event as the audit log keeps it. */
export interface Entry {
  /** Position in the log, from 1. */
  seq: number;
  /** ISO 8601, UTC. */
  at: string;
  rollout: string;
  /** Who did it, or whose process decided it: `user@host`. */
  by: string;
  event: RolloutEvent;
}

export const StackStatus = {
  Pending: "pending",
  Updating: "updating",
  Updated: "updated",
  UpdateFailed: "update-failed",
  Interrupted: "interrupted",
  Returning: "returning",
  Returned: "returned",
  ReturnFailed: "return-failed",
  /** Has to go back and cannot. */
  Stranded: "stranded",
} as const;
export type StackStatus = (typeof StackStatus)[keyof typeof StackStatus];

/** What goes on between two decisions. */
export const Activity = {
  /** May the wave begin? Alarms first, then previews. */
  Checking: "checking",
  Updating: "updating",
  /** Watching the alarms of everything that was updated. */
  Gating: "gating",
  /** Every wave is done. */
  Finishing: "finishing",
  /** Bringing the earlier release back. */
  Returning: "returning",
} as const;
export type Activity = (typeof Activity)[keyof typeof Activity];

export interface RolloutState {
  id: string;
  release: Release;
  previous: Record<string, Release | null>;
  waves: Wave[];
  settings: Settings;
  equipment: Equipment;
  startedAt: string;
  startedBy: string;
  stacks: Record<string, StackStatus>;
  /** Index of the wave that is worked on; the number of waves when all are done. */
  wave: number;
  activity: Activity;
  /** What the gate saw last in this wave. */
  gate?: { verdict: "green" | "waiting"; alarms: SeenAlarm[] };
  /** Stands still until somebody resumes, rolls back or aborts. */
  paused: boolean;
  /** An operator's word that waits until what is under way has ended. */
  asked?: "pause" | "rollback" | "abort";
  /** Why it is paused or goes back. */
  reason?: string;
  outcome?: Outcome;
}
