import type { Report, Settlement } from "../rule.ts";
import { type Field, UNKNOWN } from "./field.ts";

/** The flag must be `true`. An unset one is broken unless `unset` says that AWS's default is the safe one. */
export function mustBeOn(report: Report, field: Field, detail: string, unset: "broken" | "fine" = "broken"): void {
  mustBeFlag(report, field, true, detail, unset);
}

/** The flag must be `false`. An unset one is fine unless `unset` says that AWS's default is `true`. */
export function mustBeOff(report: Report, field: Field, detail: string, unset: "broken" | "fine" = "fine"): void {
  mustBeFlag(report, field, false, detail, unset);
}

function mustBeFlag(report: Report, field: Field, wanted: boolean, detail: string, unset: "broken" | "fine"): void {
  const flag = field.flag();
  if (flag === UNKNOWN) {
    report.cannotTell(field);
  } else if (flag === undefined ? unset === "broken" : flag !== wanted) {
    report.broken(field, flag === undefined ? `is not set, so ${detail}` : `is ${String(flag)}, so ${detail}`);
  }
}

/** Something must be given. An unknown value may still turn out empty. */
export function mustBeGiven(report: Report, field: Field, detail: string, settledBy?: Settlement): void {
  if (field.isUnknown) {
    report.cannotTell(field, undefined, settledBy);
  } else if (field.isUnset || field.items().length === 0) {
    report.broken(field, detail);
  }
}

/** The text must satisfy a condition; an unset one is broken unless `unset` says otherwise. */
export function mustMatch(
  report: Report,
  field: Field,
  accepts: (text: string) => boolean,
  detail: string,
  unset: "broken" | "fine" = "broken",
): void {
  const text = field.text();
  if (text === UNKNOWN) {
    report.cannotTell(field);
  } else if (text === undefined || text === "" ? unset === "broken" : !accepts(text)) {
    report.broken(field, detail);
  }
}

/** A number must satisfy a condition; an unset one is broken unless `unset` says otherwise. */
export function mustCount(
  report: Report,
  field: Field,
  accepts: (value: number) => boolean,
  detail: string,
  unset: "broken" | "fine" = "broken",
): void {
  const value = field.number();
  if (value === UNKNOWN) {
    report.cannotTell(field);
  } else if (value === undefined ? unset === "broken" : !accepts(value)) {
    report.broken(field, detail);
  }
}
