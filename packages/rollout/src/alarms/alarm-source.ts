import { AlarmState, type SeenAlarm } from "../core/model.ts";

/** The page alarms of one stack, as its outputs name them. */
export interface StackAlarms {
  stack: string;
  region: string;
  names: string[];
}

/** Tells the states of alarms. What it cannot tell is unknown; it never throws for an alarm. */
export interface AlarmSource {
  look(alarms: readonly StackAlarms[]): Promise<SeenAlarm[]>;
}

/**
 * The alarms that a stack's outputs name: `pageAlarmNames` of `Observability`, by part, and the stack's `region`. A stack
 * without that output has no alarms of its own.
 */
export function alarmsOf(stack: string, outputs: Record<string, unknown> | undefined): StackAlarms {
  const { pageAlarmNames: names = {}, region } = outputs ?? {};
  const listed = typeof names === "object" && names !== null ? Object.values(names as object) : [names];
  return {
    stack,
    region: typeof region === "string" ? region : stack,
    names: listed.filter((name): name is string => typeof name === "string").sort(),
  };
}

export const unknownAlarms = ({ stack, names }: StackAlarms, reason: string): SeenAlarm[] =>
  names.map((name) => ({ stack, name, state: AlarmState.Unknown, reason }));
