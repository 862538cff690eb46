/** What a run did, as data: the same for a terminal, plain lines and `--json`. */
import type { Diagnostic, EngineEvents, StepCounts } from "../engine/events.ts";
import { StepKind, type Step } from "../engine/model.ts";
import type { PolicyFinding, PolicyRemediation } from "../engine/policy-messages.ts";
import { isProviderType, parseUrn } from "../engine/urn.ts";
import { displayValue, type PropertyMap, type PropertyValue } from "../engine/values.ts";

/** One step of a run. */
export interface StepRecord {
  /** What is done to the resource, such as `create` or `same`. */
  kind: StepKind;
  /** URN of the resource. */
  urn: string;
  /** Why it failed. */
  error?: string;
  /** Properties that make a replacement necessary. */
  replaceKeys?: string[];
  /** Properties that differ. */
  changedKeys?: string[];
}

/** Everything about one stack's run; no secret is in it. */
export interface StackReport {
  /** Name of the stack. */
  stack: string;
  /** Whether every step and the program succeeded, and no mandatory policy was broken. */
  succeeded: boolean;
  /** Steps by kind; the halves of a replacement count once. */
  counts: StepCounts;
  /** Every step, in the order of their ends. */
  steps: StepRecord[];
  /** What the policy packs found. */
  findings: PolicyFinding[];
  /** What policies changed on resources. */
  remediations: Omit<PolicyRemediation, "properties">[];
  /** Messages of the program and the providers. */
  diagnostics: Diagnostic[];
  /** The stack's outputs, secrets as `[secret]`. */
  outputs: Record<string, PropertyValue>;
  /** How long the run took, seconds. */
  seconds: number;
}

/** The physical halves of a replacement are not counted beside it. */
const uncounted: ReadonlySet<StepKind> = new Set([
  StepKind.CreateReplacement,
  StepKind.DeleteReplaced,
  StepKind.DiscardReplaced,
  StepKind.RemovePendingReplace,
  StepKind.ImportReplacement,
  StepKind.ReadReplacement,
]);

/** Providers that no program declared are the engine's own business; the CLI counts them neither. */
function isDefaultProvider(urn: string): boolean {
  const { type, name } = parseUrn(urn);
  return isProviderType(type) && /^default(_|$)/.test(name);
}

/** Collects a run's events, and passes each on to a listener. */
export class ReportBuilder implements EngineEvents {
  /** What is known so far; whole after `finish`. */
  readonly report: StackReport;
  readonly #started = performance.now();
  readonly #listener: Partial<EngineEvents>;

  constructor(stack: string, listener: Partial<EngineEvents> = {}) {
    this.#listener = listener;
    this.report = {
      stack,
      succeeded: false,
      counts: {},
      steps: [],
      findings: [],
      remediations: [],
      diagnostics: [],
      outputs: {},
      seconds: 0,
    };
  }

  /** A step starts. */
  stepBegan(step: Step): void {
    this.#listener.stepBegan?.(step);
  }

  /** A step ended, with an error or without. */
  stepEnded(step: Step, error: string | undefined): void {
    this.#listener.stepEnded?.(step, error);
    if (step.skipped) return;
    const { counts, steps } = this.report;
    if (error === undefined && !uncounted.has(step.kind) && !isDefaultProvider(step.urn))
      counts[step.kind] = (counts[step.kind] ?? 0) + 1;
    const record: StepRecord = { kind: step.kind, urn: step.urn };
    if (error !== undefined) record.error = error;
    if (step.diff && step.diff.replaceKeys.length > 0) record.replaceKeys = step.diff.replaceKeys;
    if (step.diff && step.diff.changedKeys.length > 0) record.changedKeys = step.diff.changedKeys;
    steps.push(record);
  }

  /** The program or a provider says something. */
  diagnostic(diagnostic: Diagnostic): void {
    if (diagnostic.severity !== "debug" && !diagnostic.ephemeral) this.report.diagnostics.push(diagnostic);
    this.#listener.diagnostic?.(diagnostic);
  }

  /** A policy found something. */
  policyFinding(finding: PolicyFinding): void {
    this.report.findings.push(finding);
    this.#listener.policyFinding?.(finding);
  }

  /** A policy changed a resource's inputs. */
  policyRemediation({ pack, policy, urn, description, diagnostic }: PolicyRemediation): void {
    this.report.remediations.push({ pack, policy, urn, description, diagnostic });
  }

  programOutput(text: string): void {
    this.#listener.programOutput?.(text);
  }

  /** The program gave its outputs. */
  stackOutputs(outputs: PropertyMap): void {
    this.report.outputs = displayValue(outputs) as PropertyMap;
  }

  /** The run is over. */
  finish(succeeded: boolean): StackReport {
    this.report.succeeded = succeeded;
    this.report.seconds = Math.round((performance.now() - this.#started) / 10) / 100;
    return this.report;
  }
}
