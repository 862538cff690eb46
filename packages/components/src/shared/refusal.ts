/** What is wrong with one argument, in the words of the person who has to mend it. */
export interface Problem {
  /** Where: the property's path from the component's args, such as `shards` or `fleet.instanceTypes[0]`. */
  readonly path: string;
  /** What was given. Never a secret: it is printed. */
  readonly value: unknown;
  /** Why it cannot work and what is allowed, as one sentence with the numbers. */
  readonly reason: string;
  /** What to write instead, as one sentence. */
  readonly mend: string;
}

/**
 * A plan that cannot be built from its arguments. Planners throw it before any resource exists; components turn it into
 * Pulumi's `InputPropertiesError` (`shared/planned.ts`), commands print its message.
 */
export class PlanRefusedError extends Error {
  /** Everything that is wrong, so that one run is enough to see it. */
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(describeProblem).join("\n"));
    this.name = "PlanRefusedError";
    this.problems = problems;
  }
}

/** One problem as a line: path, value, reason, mend. */
export function describeProblem(problem: Problem): string {
  return `${problem.path}: ${problem.reason} (got ${describeValue(problem.value)}). ${problem.mend}`;
}

/** Throws `PlanRefusedError` with every problem found, so that one run shows them all. */
export function refuseAll(problems: readonly Problem[]): void {
  if (problems.length > 0) {
    throw new PlanRefusedError(problems);
  }
}

/** Throws `PlanRefusedError` with a single problem. */
export function refuse(problem: Problem): never {
  throw new PlanRefusedError([problem]);
}

function describeValue(value: unknown): string {
  return value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value));
}
