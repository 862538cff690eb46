import type { Connections } from "../cluster/connections.ts";
import type { Fleet } from "../cluster/fleet.ts";
import { newMemory } from "../cluster/memory.ts";
import type { Memory } from "../cluster/memory.ts";
import { observe } from "../cluster/observe.ts";
import type { Observation } from "../cluster/observe.ts";
import { execute } from "../execute/execute.ts";
import type { Outcome } from "../execute/execute.ts";
import type { MoveProgress } from "../execute/move.ts";
import { defaultPace } from "../execute/pace.ts";
import type { PaceSettings } from "../execute/pace.ts";
import type { Action, Alarm, Bounds, Desired, ObservedNode, Plan } from "../model.ts";
import { reconcile } from "../reconcile/reconcile.ts";

/** Where a controller writes what it did and why. */
export interface Journal {
  outcome(outcome: Outcome): void | Promise<void>;
  alarm(alarm: Alarm): void;
  progress(action: Action, progress: MoveProgress): void;
  pass(pass: PassReport): void;
}

/** One pass, for people and metrics. */
export interface PassReport {
  readonly plan: Plan;
  readonly outcomes: readonly Outcome[];
  readonly observation: Observation;
  readonly tookMs: number;
}

export interface ControllerOptions {
  readonly fleet: Fleet;
  readonly connections: Connections;
  readonly desired: Desired;
  readonly bounds: Bounds;
  readonly journal: Journal;
  readonly pace?: PaceSettings;
  readonly migrateAuth?: readonly string[];
  /** False as soon as the lease may be somebody else's. Default: always true, for a controller that runs by hand. */
  readonly holdsLease?: () => boolean;
  /** Whether a backup is being taken: no slot is moved then. */
  readonly backupRunning?: () => boolean;
  readonly memory?: Memory;
  /** The cluster has held data before: from the state bucket, so that a new controller knows it too. */
  readonly formed?: boolean;
}

/** A journal that says nothing. */
export const silentJournal: Journal = { outcome() {}, alarm() {}, progress() {}, pass() {} };

/** Observes, decides and acts, one pass at a time. Keeps nothing that a new controller would miss for more than a few seconds. */
export class Controller {
  readonly options: ControllerOptions;
  readonly memory: Memory;

  constructor(options: ControllerOptions) {
    this.options = options;
    this.memory = options.memory ?? newMemory(options.formed);
  }

  /** What would be done now. Changes nothing. */
  async plan(): Promise<{ readonly plan: Plan; readonly observation: Observation }> {
    const { fleet, connections, desired, bounds } = this.options;
    const seen = await observe(fleet, connections, this.memory, performance.now());
    const backupRunning = this.options.backupRunning?.() ?? false;
    const observation = { ...seen, cluster: { ...seen.cluster, backupRunning } };
    return { plan: reconcile(observation.cluster, desired, bounds), observation };
  }

  /** One pass: plans, and carries out as much as the lease allows. */
  async tick(): Promise<PassReport> {
    const started = performance.now();
    const { fleet, connections, journal, holdsLease = () => true } = this.options;
    const { plan, observation } = await this.plan();
    plan.alarms.forEach((alarm) => journal.alarm(alarm));
    const outcomes = await execute(plan, observation, {
      fleet,
      connections,
      memory: this.memory,
      pace: this.options.pace ?? defaultPace,
      migrateAuth: this.options.migrateAuth ?? [],
      mayGoOn: holdsLease,
      onOutcome: (outcome) => journal.outcome(outcome),
      onProgress: (action, progress) => journal.progress(action, progress),
      now: () => performance.now(),
    });
    const report = { plan, outcomes, observation, tookMs: performance.now() - started };
    journal.pass(report);
    return report;
  }
}

/** Nodes that own slots and answer. */
export function ownersOf({ observation }: Pick<PassReport, "observation">): ObservedNode[] {
  return observation.cluster.nodes.filter((node) => node.reachable && node.slots.length > 0);
}

/** Whether a pass found everything as it should be: nothing to do, nothing to report, and every copy complete. */
export function isAtRest({ plan, observation }: Pick<PassReport, "plan" | "observation">): boolean {
  const { nodes, settled } = observation.cluster;
  return settled && plan.actions.length === 0 && plan.alarms.length === 0 && nodes.every((node) => node.synced);
}
