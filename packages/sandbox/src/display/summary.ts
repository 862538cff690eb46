/** What a run did, as data: the same for a terminal, plain lines and `--json`. */
import type { Diagnostic, EngineEvents, StepCounts } from "../engine/events.ts";
import { StepKind, type Step } from "../engine/model.ts";
import type { PolicyFinding, PolicyRemediation } from "../engine/policy-messages.ts";
import { isProviderType, parseUrn } from "../engine/urn.ts";
import { displayValue, type PropertyMap, type PropertyValue } from "../engine/values.ts";

export interface StepRecord {
  kind: StepKind;
  urn: string;
  /** Why it failed. */
  error?: string;
  /** Properties that make a replacement necessary. */
  replaceKeys?: string[];
  changedKeys?: string[];
}

/** Everything about one stack's run; no secret is in it. */
export interface StackReport {
  stack: string;
  succeeded: boolean;
  counts: StepCounts;
  steps: StepRecord[];
  findings: PolicyFinding[];
  remediations: Omit<PolicyRemediation, "properties">[];
  diagnostics: Diagnostic[];
  outputs: Record<string, PropertyValue>;
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

  stepBegan(step: Step): void {
    this.#listener.stepBegan?.(step);
  }

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

  diagnostic(diagnostic: Diagnostic): void {
    if (diagnostic.severity !== "debug" && !diagnostic.ephemeral) this.report.diagnostics.push(diagnostic);
    this.#listener.diagnostic?.(diagnostic);
  }

  policyFinding(finding: PolicyFinding): void {
    this.report.findings.push(finding);
    this.#listener.policyFinding?.(finding);
  }

  policyRemediation({ pack, policy, urn, description, diagnostic }: PolicyRemediation): void {
    this.report.remediations.push({ pack, policy, urn, description, diagnostic });
  }

  programOutput(text: string): void {
    this.#listener.programOutput?.(text);
  }

  stackOutputs(outputs: PropertyMap): void {
    this.report.outputs = displayValue(outputs) as PropertyMap;
  }

  finish(succeeded: boolean): StackReport {
    this.report.succeeded = succeeded;
    this.report.seconds = Math.round((performance.now() - this.#started) / 10) / 100;
    return this.report;
  }
}
