/**
 * Runs real Pulumi programs against simulated AWS, EKS and Kubernetes.
 *
 * @module @mrgc/sandbox
 */

export type { StackReport, StepRecord } from "./display/summary.ts";
export { ReportBuilder } from "./display/summary.ts";
export { RunKind, runStacks, storedOutputs, type StackSetOptions } from "./engine/stack-set.ts";
export { UserError } from "./engine/model.ts";
export type { PolicyFinding } from "./engine/policy-messages.ts";
export { readProject, type Project } from "./project/project.ts";
