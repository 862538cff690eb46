import { metricHeader } from "../run/journal.ts";

/** What the service says beside the journal of its passes: JSON lines, some of which carry metrics. */
export class ServiceLog {
  readonly #cluster: string;
  readonly #write: (line: string) => void;

  constructor(cluster: string, write: (line: string) => void) {
    this.#cluster = cluster;
    this.#write = write;
  }

  line(level: "info" | "warn" | "error", event: string, fields: Readonly<Record<string, unknown>>): void {
    const time = new Date().toISOString();
    this.#write(JSON.stringify({ time, level, event, Cluster: this.#cluster, ...fields }));
  }

  /** A line from which CloudWatch Logs takes `values` as metrics, with these units. */
  metrics(
    level: "info" | "error",
    event: string,
    units: Readonly<Record<string, string>>,
    values: Readonly<Record<string, unknown>>,
  ): void {
    this.line(level, event, { ...metricHeader(new Date(), units), ...values });
  }

  /**
   * Does something that a pass does beside tending the cluster. When it fails the others are still done, and the alarm `actions-failing`
   * rings as for an action: the line names it.
   *
   * @returns whether it was done
   */
  async chore(name: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      this.metrics("error", "chore-failed", { ActionsFailed: "None" }, { chore: name, message, ActionsFailed: 1 });
      return false;
    }
  }
}
