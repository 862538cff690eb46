import type { StackValidationPolicy } from "@pulumi/policy";
import type { Session } from "../session.ts";

/** Lists the suppressions that covered something in this run: what is excepted, why, by whom, until when. */
export function suppressionReportPolicy(session: Session): StackValidationPolicy {
  return {
    name: "suppressions-report",
    description: "Exceptions from the rules that count in this stack.",
    enforcementLevel: "advisory",
    severity: "low",
    tags: ["suppressions"],
    validateStack: (_args, violation) => {
      for (const { rule, resource, reason, owner, expires } of session.used()) {
        violation(`${resource} is excepted from ${rule} until ${expires}, by ${owner}: ${reason}`);
      }
    },
  };
}
