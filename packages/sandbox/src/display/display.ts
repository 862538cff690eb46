/** Shows runs to whoever watches: a live tree on a terminal, lines elsewhere, or data. */
import type { EngineEvents } from "../engine/events.ts";
import { JsonDisplay } from "./json.ts";
import { LiveDisplay } from "./live.ts";
import { PlainDisplay } from "./plain.ts";

export interface Display {
  /** What a stack's run reports to. */
  events(stack: string): EngineEvents;
  /** A message about the whole run. */
  note(text: string): void;
  finished(stack: string, succeeded: boolean): void;
  /** Ends the display; the last words. */
  close(): void;
}

export interface DisplayOptions {
  json: boolean;
  preview: boolean;
  /** Whether policy packs judge the run. */
  judged: boolean;
  /** The word for what is being done: `preview`, `up`, ... */
  verb: string;
}

export function openDisplay(options: DisplayOptions): Display {
  if (options.json) return new JsonDisplay(options);
  const live = process.stdout.isTTY === true && process.env.TERM !== "dumb" && !process.env.CI;
  return live ? new LiveDisplay(options) : new PlainDisplay(options);
}
