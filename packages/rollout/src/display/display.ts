/** Shows a rollout to whoever watches: a board that is redrawn on a terminal, lines elsewhere. */
import {
  type EngineEvents,
  fitted,
  formatDiagnostic,
  formatFinding,
  Palette,
  StackTree,
  wantsColour,
} from "@mrgc/sandbox/host";
import { createLogUpdate } from "log-update";
import type { Entry, RolloutState } from "../core/model.ts";
import { storyLine } from "../core/story.ts";
import { boardLines, type Work } from "./board.ts";

export interface Display {
  /** Every entry of the log as it is written. */
  entry(entry: Entry, state: RolloutState): void;
  /** What one operation on a stack reports to. */
  events(stack: string): EngineEvents;
  note(text: string): void;
  close(): void;
}

/** @param json keep standard output free for the result */
export function openDisplay(options: { json: boolean }): Display {
  const out = options.json ? process.stderr : process.stdout;
  const live = out.isTTY === true && process.env.TERM !== "dumb" && !process.env.CI;
  return live ? new LiveDisplay(out) : new PlainDisplay(out);
}

/** Problems of a stack as lines; steps only go where somebody follows them. */
function problems(stack: string, palette: Palette, say: (text: string) => void, tree?: StackTree): EngineEvents {
  return {
    stepBegan: (step) => tree?.began(step, Date.now()),
    stepEnded: (step, error) => tree?.ended(step, error !== undefined),
    diagnostic: (diagnostic) => {
      const { severity, ephemeral } = diagnostic;
      if ((severity === "error" || severity === "warning") && !ephemeral)
        say(`${stack}  ${formatDiagnostic(diagnostic, palette)}`);
    },
    policyFinding: (finding) => say(`${stack}  ${formatFinding(finding, palette)}`),
    policyRemediation: () => undefined,
    programOutput: (text) => say(`${stack}  ${text.trimEnd()}`),
    stackOutputs: () => undefined,
  };
}

class PlainDisplay implements Display {
  readonly #out: NodeJS.WriteStream;
  readonly #palette: Palette;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    this.#palette = new Palette(wantsColour(out));
  }

  entry(entry: Entry, state: RolloutState): void {
    this.note(storyLine(entry, state.waves));
  }

  events(stack: string): EngineEvents {
    return problems(stack, this.#palette, (text) => this.note(text));
  }

  note(text: string): void {
    this.#out.write(`${text}\n`);
  }

  close(): void {}
}

const frameMs = 200;
const defaultRows = 24;

class LiveDisplay implements Display {
  readonly #out: NodeJS.WriteStream;
  readonly #palette: Palette;
  readonly #update: ReturnType<typeof createLogUpdate>;
  readonly #timer: NodeJS.Timeout;
  readonly #work = new Map<string, Work>();
  #state: RolloutState | undefined;
  #gateSince: number | undefined;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    this.#palette = new Palette(wantsColour(out));
    this.#update = createLogUpdate(out, { showCursor: true });
    this.#timer = setInterval(() => this.#draw(), frameMs);
    this.#timer.unref();
  }

  entry(entry: Entry, state: RolloutState): void {
    this.#state = state;
    const { event } = entry;
    if (event.type === "gate-seen") this.#gateSince = Date.now();
    if (event.type === "check-passed" || event.type === "check-failed") this.#work.clear();
    else if ("stack" in event && !event.type.endsWith("started")) this.#work.delete(event.stack);
    this.note(storyLine(entry, state.waves));
  }

  events(stack: string): EngineEvents {
    const tree = new StackTree();
    this.#work.set(stack, { tree, began: Date.now() });
    return problems(stack, this.#palette, (text) => this.note(text), tree);
  }

  note(text: string): void {
    this.#update.clear();
    this.#out.write(`${text}\n`);
    this.#draw();
  }

  #draw(): void {
    if (this.#state === undefined) return;
    const lines = boardLines(this.#state, this.#work, {
      now: Date.now(),
      ...(this.#gateSince === undefined ? {} : { gateSince: this.#gateSince }),
      rows: (this.#out.rows ?? defaultRows) - 1,
      palette: this.#palette,
    });
    this.#update(lines.map((line) => fitted(line, this.#out.columns ?? 80)).join("\n"));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#update.clear();
    this.#update.done();
  }
}
