/** What to do wrong, and where. */
export interface Fault {
  /** The resources concerned: a part of their URN, such as a type token or a name. */
  readonly match: string;
  /** `hang` never answers, `slow` answers late, `fail` always fails, `failOnce` fails the first time. */
  readonly kind: "hang" | "slow" | "fail" | "failOnce";
  /** For `slow`: how long. */
  readonly seconds?: number;
}

/**
 * Reads faults from the environment variable `MRGC_SANDBOX_FAULTS`: a JSON list such as
 * `[{"match":"aws:lb/loadBalancer:LoadBalancer","kind":"failOnce"}]`. Off unless set; only tests of what happens when a
 * cloud misbehaves set it.
 *
 * @throws Error when the variable holds anything else.
 */
export function faultsFromEnvironment(environment: NodeJS.ProcessEnv = process.env): Fault[] {
  const text = environment.MRGC_SANDBOX_FAULTS;
  if (text === undefined || text === "") return [];
  const faults: unknown = JSON.parse(text);
  const kinds = new Set(["hang", "slow", "fail", "failOnce"]);
  if (
    !Array.isArray(faults) ||
    !(faults as Fault[]).every((fault) => typeof fault.match === "string" && kinds.has(fault.kind))
  ) {
    throw new Error(
      'MRGC_SANDBOX_FAULTS must be a JSON list of {"match": string, "kind": "hang"|"slow"|"fail"|"failOnce"}.',
    );
  }
  return faults as Fault[];
}

/** Makes create, update and delete calls misbehave as `faults` say. */
export function faultInjector(faults: readonly Fault[]): (urn: string, operation: string) => Promise<void> {
  const spent = new Set<Fault>();
  return async (urn, operation) => {
    const fault = faults.find((candidate) => urn.includes(candidate.match) && !spent.has(candidate));
    if (!fault) return;
    if (fault.kind === "hang") await new Promise(() => {});
    if (fault.kind === "slow") await new Promise((resolve) => setTimeout(resolve, (fault.seconds ?? 1) * 1000));
    if (fault.kind === "failOnce") spent.add(fault);
    if (fault.kind !== "slow")
      throw new Error(`${operation} of ${urn} failed: a fault that MRGC_SANDBOX_FAULTS asked for.`);
  };
}
