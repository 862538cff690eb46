/** Alarm states for a rollout without CloudWatch: from a file that may change meanwhile, or from the command line. */
import { readFileSync } from "node:fs";
import { AlarmState, type SeenAlarm } from "../core/model.ts";
import { type AlarmSource, type StackAlarms, unknownAlarms } from "./alarm-source.ts";

export interface ToldAlarmsOptions {
  /** JSON: `{ "<alarm or stack>": "OK" | "ALARM" | "UNKNOWN" }`. Read anew at every look. */
  file?: string;
  /** Stacks whose pages are in alarm once the stack was updated. */
  redStacks: readonly string[];
}

const states: readonly string[] = Object.values(AlarmState);

function readStates(file: string): Record<string, AlarmState> {
  const told: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (typeof told !== "object" || told === null || Array.isArray(told))
    throw new Error("expected an object of names to states");
  const wrong = Object.entries(told).find(([, state]) => !states.includes(String(state)));
  if (wrong) throw new Error(`"${wrong[0]}" is ${JSON.stringify(wrong[1])}; expected one of ${states.join(", ")}`);
  return told as Record<string, AlarmState>;
}

/** What nobody names is OK. */
export class ToldAlarms implements AlarmSource {
  readonly #options: ToldAlarmsOptions;
  readonly #wasUpdated: (stack: string) => boolean;

  constructor(options: ToldAlarmsOptions, wasUpdated: (stack: string) => boolean) {
    this.#options = options;
    this.#wasUpdated = wasUpdated;
  }

  look(alarms: readonly StackAlarms[]): Promise<SeenAlarm[]> {
    const { file, redStacks } = this.#options;
    let told: Record<string, AlarmState> = {};
    try {
      if (file !== undefined) told = readStates(file);
    } catch (error) {
      return Promise.resolve(alarms.flatMap((each) => unknownAlarms(each, `${file}: ${(error as Error).message}`)));
    }
    const stateOf = (stack: string, name: string): AlarmState =>
      redStacks.includes(stack) && this.#wasUpdated(stack)
        ? AlarmState.Alarm
        : (told[name] ?? told[stack] ?? AlarmState.Ok);
    return Promise.resolve(
      alarms.flatMap(({ stack, names }) =>
        names.map((name): SeenAlarm => ({ stack, name, state: stateOf(stack, name) })),
      ),
    );
  }
}
