import type { EngineEvents } from "../engine/events.ts";
import { StepKind, type Step } from "../engine/model.ts";
import type { Display, DisplayOptions } from "./display.ts";
import {
  describeUrn,
  formatDiagnostic,
  formatFinding,
  formatReport,
  Palette,
  wantsColour,
  wordsFor,
} from "./format.ts";
import { ReportBuilder } from "./summary.ts";

/** A step that takes longer than this is mentioned while it runs, again after as long. */
const progressMs = 10_000;

/** Every change, message and finding as a line, as it happens. */
export class PlainDisplay implements Display {
  #options: DisplayOptions;
  #palette = new Palette(wantsColour(process.stdout));
  #builders = new Map<string, ReportBuilder>();

  constructor(options: DisplayOptions) {
    this.#options = options;
  }

  note(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  #line(stack: string, text: string): void {
    for (const line of text.trimEnd().split("\n")) this.note(`${stack}  ${line}`);
  }

  events(stack: string): EngineEvents {
    const timers = new Map<Step, NodeJS.Timeout>();
    const say = (text: string): void => this.#line(stack, text);
    const palette = this.#palette;
    const builder = new ReportBuilder(stack, {
      programOutput: say,
      stepBegan: (step) => {
        const began = Date.now();
        const remind = (): void =>
          say(
            `... ${wordsFor(step.kind).present} ${describeUrn(step.urn)}, ${Math.round((Date.now() - began) / 1000)} s so far`,
          );
        timers.set(step, setInterval(remind, progressMs).unref());
      },
      stepEnded: (step, error) => {
        clearInterval(timers.get(step));
        timers.delete(step);
        if (error !== undefined || step.skipped || step.kind === StepKind.Same || step.kind === StepKind.Refresh)
          return;
        const { symbol, present, past, style } = wordsFor(step.kind);
        say(
          `${palette.paint(style, symbol.padEnd(2))} ${this.#options.preview ? present : past} ${describeUrn(step.urn)}`,
        );
      },
      diagnostic: (diagnostic) => {
        if (diagnostic.severity !== "debug") say(formatDiagnostic(diagnostic, palette));
      },
      policyFinding: (finding) => say(formatFinding(finding, palette)),
    });
    this.#builders.set(stack, builder);
    return builder;
  }

  finished(stack: string, succeeded: boolean): void {
    const report = this.#builders.get(stack)?.finish(succeeded);
    if (!report) return;
    for (const line of formatReport(report, this.#options, this.#palette)) this.note(line);
  }

  close(): void {}
}
