import * as pulumi from "@pulumi/pulumi";
import { PlanRefusedError } from "./refusal.ts";

/**
 * Runs a planner for a component and reports what it refuses as Pulumi input errors with property paths, which every
 * language and the CLI show without a stack trace.
 *
 * @throws pulumi.InputPropertiesError when the planner refuses its arguments.
 */
export function planned<Plan>(type: string, name: string, plan: () => Plan): Plan {
  try {
    return plan();
  } catch (error) {
    if (error instanceof PlanRefusedError) {
      throw new pulumi.InputPropertiesError({
        message: `${type} "${name}" cannot be planned:\n${error.message}`,
        errors: error.problems.map((problem) => ({
          propertyPath: problem.path,
          reason: `${problem.reason} ${problem.mend}`,
        })),
      });
    }
    throw error;
  }
}
