/**
 * What another tool of the workspace needs to run stacks with the sandbox's engine, and to show and guard what it does.
 *
 * @module @mrgc/sandbox/host
 */

export { EventTranslator } from "./attach/cli-run.ts";
export { findCli } from "./attach/find-cli.ts";
export { acquire, isAlive, readOwner, thisProcess, type ProcessMark } from "./checkpoint/lock.ts";
export { describeCounts, formatDiagnostic, formatFinding, Palette, wantsColour } from "./display/format.ts";
export { fitted } from "./display/live.ts";
export { ReportBuilder } from "./display/summary.ts";
export { StackTree } from "./display/tree.ts";
export type { EngineEvents, StepCounts } from "./engine/events.ts";
export { UserError } from "./engine/model.ts";
export { openPlugins, type OpenPlugins } from "./engine/plugins.ts";
export { RunKind, runStacks, storedOutputs } from "./engine/stack-set.ts";
export { displayValue } from "./engine/values.ts";
export { readProject, type Project } from "./project/project.ts";
export { configuredStacks } from "./project/stack-config.ts";
