/** Rollouts over a project's stacks: the state machine, what drives it, and its command line. */
export { evolve, IllegalEvent, RefusedRequest, replay } from "./core/machine.ts";
export type * from "./core/model.ts";
export { type Command, nextCommand } from "./core/next-command.ts";
export { ExitCode, type RolloutSummary } from "./core/summary.ts";
export { planWaves, type WavePlanArgs, WavePlanError } from "./core/wave-plan.ts";
export type { DriverOptions, StackDriver, StackRun } from "./drivers/driver.ts";
