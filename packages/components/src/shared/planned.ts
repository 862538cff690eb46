import * as pulumi from "@pulumi/pulumi";
import { PlanRefusedError, type Problem } from "./refusal.ts";

/**
 * Wrong arguments of a component. Over RPC (Python, YAML) Pulumi reports each with its property path; in a Node program
 * the marker of a `RunError` makes it print the message without a stack trace, because the mistake is in the arguments.
 */
class ArgumentsError extends pulumi.InputPropertiesError {
  readonly __pulumiRunError = true;

  constructor(type: string, name: string, problems: readonly Problem[], cause: PlanRefusedError) {
    super({
      message: `${type} "${name}" cannot be planned:\n${cause.message}`,
      errors: problems.map(({ path, reason, mend }) => ({ propertyPath: path, reason: `${reason}. ${mend}` })),
    });
    this.cause = cause;
  }
}

/**
 * Runs a planner for a component and reports what it refuses as Pulumi input errors with property paths.
 *
 * @throws pulumi.InputPropertiesError when the planner refuses its arguments.
 */
export function planned<Plan>(type: string, name: string, plan: () => Plan): Plan {
  try {
    return plan();
  } catch (error) {
    if (error instanceof PlanRefusedError) {
      throw new ArgumentsError(type, name, error.problems, error);
    }
    throw error;
  }
}
