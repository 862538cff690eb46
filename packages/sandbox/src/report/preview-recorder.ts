/** Watches a preview of the embedded engine and keeps what a report needs of it. */
import type { Diagnostic, EngineEvents } from "../engine/events.ts";
import { UserError, type Step } from "../engine/model.ts";
import type { PolicyFinding } from "../engine/policy-messages.ts";
import { parseUrn } from "../engine/urn.ts";
import { fromPreview, type RawStep, type Source } from "./source.ts";
import type { FindingRow } from "./model.ts";

const nothing = (): void => undefined;

export class PreviewRecorder implements EngineEvents {
  readonly #steps: RawStep[] = [];
  readonly #diagnostics: { message: string; severity: string }[] = [];
  readonly #findings: FindingRow[] = [];
  readonly #judged: boolean;
  readonly stepBegan = nothing;
  readonly policyRemediation = nothing;
  readonly programOutput = nothing;
  readonly stackOutputs = nothing;

  /** @param judged whether a policy pack runs: only then does no finding mean that there is nothing to find */
  constructor(judged: boolean) {
    this.#judged = judged;
  }

  stepEnded(step: Step, error: string | undefined): void {
    if (error !== undefined)
      this.#diagnostics.push({ severity: "error", message: `${parseUrn(step.urn).name}: ${error}` });
    if (step.skipped) return;
    this.#steps.push({
      op: step.kind,
      urn: step.urn,
      oldState: step.old ?? null,
      newState: step.state ?? null,
      diffReasons: step.diff?.changedKeys ?? [],
      replaceReasons: step.diff?.replaceKeys ?? [],
    });
  }

  diagnostic({ severity, message, ephemeral }: Diagnostic): void {
    if (!ephemeral) this.#diagnostics.push({ severity, message });
  }

  policyFinding({ level, policy, urn, message }: PolicyFinding): void {
    this.#findings.push({ level, policy, resource: urn === "" ? "the whole stack" : parseUrn(urn).name, message });
  }

  /** @throws UserError when the run ended before its first resource. */
  source(stack: string): Source {
    if (this.#steps.length === 0)
      throw new UserError(
        [`the preview of ${stack} has no resources`, ...this.#diagnostics.map(({ message }) => message.trim())].join(
          "\n",
        ),
      );
    const digest = { steps: this.#steps, diagnostics: this.#diagnostics };
    return fromPreview(digest, "a preview in the sandbox", stack, this.#judged ? this.#findings : undefined);
  }
}
