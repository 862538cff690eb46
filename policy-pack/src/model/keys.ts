import type { Report } from "../rule.ts";
import { keySources } from "../tokens.ts";
import { type Field, UNKNOWN } from "./field.ts";

/** Keys that AWS owns and shares between its customers' services: nobody can write their policy or see their use. */
const awsManagedKey = /(^|[:/])aws\/[a-z]/;

/** A property must name a customer managed KMS key. */
export function mustBeCustomerKey(report: Report, field: Field): void {
  const text = field.text();
  if (text === UNKNOWN) {
    report.cannotTell(field, "is not known before `up`", keySources);
  } else if (text === undefined || text.trim() === "") {
    report.broken(field, "names no KMS key, so AWS encrypts with a key of its own");
  } else if (awsManagedKey.test(text)) {
    report.broken(field, "names a key that AWS manages");
  }
}
