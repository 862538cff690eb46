/** Where a duration comes from. */
export const TimeOrigin = {
  /** An argument, a default or a plan of this library: changing it changes the number. */
  Configured: "configured",
  /** What AWS says. */
  Published: "published",
  /** Measured on real servers. */
  Measured: "measured",
  /** Nobody says it: replace it by your own measurement (`times`). */
  Assumed: "assumed",
} as const;
/** One of `TimeOrigin`. */
export type TimeOrigin = (typeof TimeOrigin)[keyof typeof TimeOrigin];

/** One part of a duration. */
export interface TimeTerm {
  /** What passes in it, with the figures that it is made of. */
  what: string;
  /** How long it takes, seconds. */
  seconds: number;
  /** How well the figure is known. */
  origin: TimeOrigin;
  /** The setting, page or measurement. */
  source: string;
}

/** A duration and how it comes about: `seconds` is the sum of its terms. */
export interface TimeEstimate {
  /** The whole, seconds. */
  seconds: number;
  /** Its parts, in their order. */
  terms: TimeTerm[];
}

/** A duration of parts that follow each other. */
export function sumOf(...terms: TimeTerm[]): TimeEstimate {
  return { seconds: terms.reduce((sum, term) => sum + term.seconds, 0), terms };
}

/** The longest of durations that pass side by side. */
export function longestOf(first: TimeEstimate, ...others: TimeEstimate[]): TimeEstimate {
  return others.reduce((longest, next) => (next.seconds > longest.seconds ? next : longest), first);
}

/** A part that follows from a setting. */
export function configured(what: string, seconds: number, source: string): TimeTerm {
  return { what, seconds, origin: TimeOrigin.Configured, source };
}

/** No time at all, and why. */
export function none(why: string, source: string): TimeEstimate {
  return sumOf(configured(why, 0, source));
}
