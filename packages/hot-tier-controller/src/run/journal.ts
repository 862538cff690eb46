import type { Journal, PassReport } from "./controller.ts";
import type { Action, Alarm } from "../model.ts";
import { countSlots, slotCount } from "../slots.ts";

/** One line of the audit trail: what was done, why, and what came of it. */
export interface AuditEntry {
  readonly at: string;
  readonly pass: number;
  readonly action: Action;
  readonly tookMs: number;
  readonly error?: string;
}

/** Where lines go and what time it is. */
export interface JournalOptions {
  readonly cluster: string;
  readonly desiredShards: number;
  /** Number of the first pass: the journal counts on from it. Default 0. */
  readonly pass?: number;
  readonly write: (line: string) => void;
  readonly wallClock: () => Date;
}

/**
 * JSON lines for CloudWatch Logs. Each pass ends with one line in the embedded metric format, from which CloudWatch makes
 * the metrics of namespace `Mrgc/HotTier` at no call of ours. Heartbeats are not audited: they change nothing.
 */
export class LogJournal implements Journal {
  /** Audit entries since `takeAudit` was called last. */
  #audit: AuditEntry[] = [];
  #pass: number;
  #refusals = 0;
  #bytesPerSecond = 0;
  readonly #options: JournalOptions;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#pass = options.pass ?? 0;
  }

  outcome(outcome: { readonly action: Action; readonly tookMs: number; readonly error?: string }): void {
    if (outcome.action.kind === "heartbeat" && outcome.error === undefined) {
      return;
    }
    const at = this.#options.wallClock().toISOString();
    const entry = { at, pass: this.#pass, ...outcome, tookMs: Math.round(outcome.tookMs) };
    this.#audit.push(entry);
    this.#line(outcome.error === undefined ? "info" : "error", "action", { ...entry });
  }

  alarm(alarm: Alarm): void {
    this.#refusals += Number(alarm.code === "slots-lost" || alarm.code === "isolated");
    const waits = alarm.code === "waiting-for-nodes" || alarm.code === "waiting-for-election";
    this.#line(waits ? "info" : "warn", "alarm", { ...alarm });
  }

  progress(
    action: Action,
    progress: {
      readonly movedSlots: number;
      readonly totalSlots: number;
      readonly bytesPerSecond: number;
      readonly secondsLeft?: number;
    },
  ): void {
    this.#bytesPerSecond = progress.bytesPerSecond;
    this.#line("info", "progress", {
      action: action.kind,
      ...("from" in action ? { from: action.from } : {}),
      ...progress,
    });
  }

  pass(report: PassReport): void {
    const { nodes } = report.observation.cluster;
    const owners = nodes.filter((node) => node.member && node.role === "primary" && node.slots.length > 0);
    const covered = countSlots(owners.filter((node) => node.reachable).flatMap((node) => [...node.slots]));
    const failed = report.outcomes.filter((outcome) => outcome.error !== undefined).length;
    const copies = owners.map(
      (owner) => nodes.filter((n) => (n.id === owner.id || n.primaryId === owner.id) && n.reachable && n.synced).length,
    );
    const places = nodes
      .filter((node) => node.member && node.reachable && (node.role === "replica" || node.slots.length > 0))
      .map((node) => `${node.primaryId ?? node.id} ${node.zone}`);
    const metrics = {
      SlotsCovered: covered,
      SlotsUncovered: slotCount - covered,
      Shards: owners.length,
      DesiredShards: this.#options.desiredShards,
      NodesDown: nodes.filter((node) => !node.reachable).length,
      ZoneDuplicates: places.length - new Set(places).size,
      LiveCopiesMinimum: copies.length === 0 ? 0 : Math.min(...copies),
      ActionsDone: report.outcomes.length - failed,
      ActionsFailed: failed,
      ReconcileSeconds: report.tookMs / 1_000,
      MigrationBytesPerSecond: this.#bytesPerSecond,
      Refusals: this.#refusals,
    };
    const now = this.#options.wallClock();
    const units = Object.keys(metrics).map((name) => [name, name === "ReconcileSeconds" ? "Seconds" : "None"]);
    this.#line("info", "pass", {
      pass: this.#pass,
      ...metricHeader(now, Object.fromEntries(units) as Record<string, string>),
      ...metrics,
    });
    this.#pass += 1;
    this.#refusals = 0;
    this.#bytesPerSecond = 0;
  }

  /** The entries since the last call, to be stored. */
  takeAudit(): AuditEntry[] {
    const entries = this.#audit;
    this.#audit = [];
    return entries;
  }

  #line(level: string, event: string, fields: Record<string, unknown>): void {
    const time = this.#options.wallClock().toISOString();
    this.#options.write(JSON.stringify({ time, level, event, Cluster: this.#options.cluster, ...fields }));
  }
}

/** What makes CloudWatch Logs take metrics out of a line: their names and units, dimension `Cluster`. */
export function metricHeader(time: Date, units: Readonly<Record<string, string>>): { readonly _aws: unknown } {
  const Metrics = Object.entries(units).map(([Name, Unit]) => ({ Name, Unit }));
  const directive = { Namespace: "Mrgc/HotTier", Dimensions: [["Cluster"]], Metrics };
  return { _aws: { Timestamp: time.getTime(), CloudWatchMetrics: [directive] } };
}
