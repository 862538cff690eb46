import type { Report } from "../rule.ts";
import { type Field, UNKNOWN } from "./field.ts";
import { isEverybody, isLimited, type Statement, statementsOf } from "./policy-document.ts";

/** Reports the statements of a resource policy that allow everybody without a condition that limits them. */
export function reportOpenStatements(
  policy: Field,
  report: Report,
  detail: string,
  concerns: (statement: Statement) => boolean = () => true,
): void {
  const statements = statementsOf(policy);
  if (statements === UNKNOWN) {
    report.cannotTell(policy);
    return;
  }
  for (const statement of statements.filter((candidate) => candidate.allows !== false && concerns(candidate))) {
    const everybody = isEverybody(statement);
    const limited = isLimited(statement);
    if (everybody === true && limited === false && statement.allows === true) {
      report.broken(statement.field, detail);
    } else if (everybody !== false && limited !== true) {
      report.cannotTell(statement.field, "has a principal or condition that is not known before `up`");
    }
  }
}
