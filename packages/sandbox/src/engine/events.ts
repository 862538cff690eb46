/** What a run tells whoever watches it. */
import type { Step, StepKind } from "./model.ts";
import type { PolicyFinding, PolicyRemediation } from "./policy-messages.ts";
import type { PropertyMap } from "./values.ts";

export interface Diagnostic {
  severity: "debug" | "info" | "warning" | "error";
  message: string;
  urn: string;
  /** A message that only describes the moment. */
  ephemeral?: boolean;
}

export interface EngineEvents {
  stepBegan(step: Step): void;
  stepEnded(step: Step, error: string | undefined): void;
  diagnostic(diagnostic: Diagnostic): void;
  policyFinding(finding: PolicyFinding): void;
  policyRemediation(remediation: PolicyRemediation): void;
  /** What the program prints. */
  programOutput(text: string): void;
  stackOutputs(outputs: PropertyMap): void;
}

/** How many steps of each kind; the parts of a replacement count as one. */
export type StepCounts = Partial<Record<StepKind, number>>;
