import type { EngineEvents } from "../engine/events.ts";
import type { Display, DisplayOptions } from "./display.ts";
import { ReportBuilder } from "./summary.ts";

/** One JSON document on stdout when all is done; what programs print goes to stderr. */
export class JsonDisplay implements Display {
  #options: DisplayOptions;
  #builders = new Map<string, ReportBuilder>();

  constructor(options: DisplayOptions) {
    this.#options = options;
  }

  events(stack: string): EngineEvents {
    const builder = new ReportBuilder(stack, { programOutput: (text) => process.stderr.write(text) });
    this.#builders.set(stack, builder);
    return builder;
  }

  note(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  finished(stack: string, succeeded: boolean): void {
    this.#builders.get(stack)?.finish(succeeded);
  }

  close(): void {
    const stacks = [...this.#builders.values()].map(({ report }) => report);
    // Without a stack there was a mistake before the first one began.
    const succeeded = stacks.length > 0 && stacks.every((report) => report.succeeded);
    process.stdout.write(`${JSON.stringify({ operation: this.#options.verb, succeeded, stacks }, null, 2)}\n`);
  }
}
