import { createLogUpdate } from "log-update";
import { stripVTControlCharacters } from "node:util";
import type { EngineEvents } from "../engine/events.ts";
import type { Display, DisplayOptions } from "./display.ts";
import { describeCounts, formatDiagnostic, formatFinding, formatReport, Palette, wantsColour } from "./format.ts";
import { ReportBuilder } from "./summary.ts";
import { StackTree } from "./tree.ts";

interface StackView {
  builder: ReportBuilder;
  tree: StackTree;
  began: number;
  done: boolean;
}

const frameMs = 100;
/** Lines of a terminal that does not tell its height. */
const defaultRows = 24;

/** Cuts a line to the terminal's width; colours do not count. */
export function fitted(line: string, width: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= width ? line : `${plain.slice(0, Math.max(0, width - 1))}…`;
}

/** A tree of stacks, their components and what each is doing, redrawn in place; messages stay above it. */
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
    const views = [...this.#views].filter(([, view]) => !view.done);
    const rows = (process.stdout.rows ?? defaultRows) - 1;
    const rowsEach = Math.floor(rows / Math.max(1, views.length)) - 1;
    const lines = views.flatMap(([stack, view]) => this.#stackLines(stack, view, rowsEach));
    this.#update(lines.map((line) => fitted(line, width)).join("\n"));
  }

  #stackLines(stack: string, { builder, tree, began }: StackView, rows: number): string[] {
    const now = Date.now();
    const seconds = ((now - began) / 1000).toFixed(0);
    const { counts, steps } = builder.report;
    const done = steps.length === 0 ? "starting" : describeCounts(counts, this.#options.preview);
    return [`${this.#palette.paint("bold", stack)}  ${done}  ${seconds} s`, ...tree.lines(now, rows, this.#palette)];
  }

  events(stack: string): EngineEvents {
    const tree = new StackTree();
    const builder = new ReportBuilder(stack, {
      programOutput: (text) => this.note(`${stack}  ${text.trimEnd()}`),
      stepBegan: (step) => tree.began(step, Date.now()),
      stepEnded: (step, error) => tree.ended(step, error !== undefined),
      diagnostic: (diagnostic) => {
        if (diagnostic.severity !== "debug" && !diagnostic.ephemeral)
          this.note(`${stack}  ${formatDiagnostic(diagnostic, this.#palette)}`);
      },
      policyFinding: (finding) => this.note(`${stack}  ${formatFinding(finding, this.#palette)}`),
    });
    this.#views.set(stack, { builder, tree, began: Date.now(), done: false });
    return builder;
  }

  finished(stack: string, succeeded: boolean): void {
    const view = this.#views.get(stack);
    if (!view) return;
    view.done = true;
    const report = view.builder.finish(succeeded);
    this.note(formatReport(report, this.#options, this.#palette).join("\n"));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#update.clear();
    this.#update.done();
  }
}
