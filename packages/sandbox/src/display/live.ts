import { createLogUpdate } from "log-update";
import { stripVTControlCharacters } from "node:util";
import type { EngineEvents } from "../engine/events.ts";
import type { Step } from "../engine/model.ts";
import type { Display, DisplayOptions } from "./display.ts";
import {
  describeCounts,
  describeUrn,
  formatDiagnostic,
  formatFinding,
  formatReport,
  Palette,
  wantsColour,
  wordsFor,
} from "./format.ts";
import { ReportBuilder } from "./summary.ts";

interface StackView {
  builder: ReportBuilder;
  running: Map<Step, number>;
  began: number;
  done: boolean;
}

const frameMs = 100;
/** Running steps shown below a stack; the rest is counted. */
const maxRunning = 4;

/** Cuts a line to the terminal's width; colours do not count. */
export function fitted(line: string, width: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= width ? line : `${plain.slice(0, Math.max(0, width - 1))}…`;
}

/** A tree of stacks and what each is doing, redrawn in place; messages stay above it. */
export class LiveDisplay implements Display {
  #options: DisplayOptions;
  #palette = new Palette(wantsColour(process.stdout));
  #update = createLogUpdate(process.stdout, { showCursor: true });
  #views = new Map<string, StackView>();
  #timer: NodeJS.Timeout;

  constructor(options: DisplayOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#draw(), frameMs);
    this.#timer.unref();
  }

  note(text: string): void {
    this.#update.clear();
    process.stdout.write(`${text}\n`);
    this.#draw();
  }

  #draw(): void {
    const width = process.stdout.columns ?? 80;
    const lines = [...this.#views].flatMap(([stack, view]) => (view.done ? [] : this.#stackLines(stack, view)));
    this.#update(lines.map((line) => fitted(line, width)).join("\n"));
  }

  #stackLines(stack: string, { builder, running, began }: StackView): string[] {
    const seconds = ((Date.now() - began) / 1000).toFixed(0);
    const head = `${this.#palette.paint("bold", stack)}  ${describeCounts(builder.report.counts, this.#options.preview)}  ${seconds} s`;
    const steps = [...running].slice(0, maxRunning).map(([step, start]) => {
      const { symbol, present, style } = wordsFor(step.kind);
      return `  ${this.#palette.paint(style, symbol.padEnd(2))} ${present} ${describeUrn(step.urn)} ${((Date.now() - start) / 1000).toFixed(0)} s`;
    });
    const more = running.size - steps.length;
    return [head, ...steps, ...(more > 0 ? [`     and ${more} more`] : [])];
  }

  events(stack: string): EngineEvents {
    const running = new Map<Step, number>();
    const builder = new ReportBuilder(stack, {
      programOutput: (text) => this.note(`${stack}  ${text.trimEnd()}`),
      stepBegan: (step) => running.set(step, Date.now()),
      stepEnded: (step) => running.delete(step),
      diagnostic: (diagnostic) => {
        if (diagnostic.severity !== "debug" && !diagnostic.ephemeral)
          this.note(`${stack}  ${formatDiagnostic(diagnostic, this.#palette)}`);
      },
      policyFinding: (finding) => this.note(`${stack}  ${formatFinding(finding, this.#palette)}`),
    });
    this.#views.set(stack, { builder, running, began: Date.now(), done: false });
    return builder;
  }

  finished(stack: string, succeeded: boolean): void {
    const view = this.#views.get(stack);
    if (!view) return;
    view.done = true;
    const report = view.builder.finish(succeeded);
    this.note(formatReport(report, this.#options.preview, this.#palette).join("\n"));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#update.clear();
    this.#update.done();
  }
}
