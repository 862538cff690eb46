/** The one place that decides whether a run uses a real CLI or the embedded engine. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { hasState } from "../checkpoint/store.ts";
import { EngineChoice } from "../commands/options.ts";
import { UserError } from "../engine/model.ts";
import { stackDirectory } from "../engine/stack-set.ts";
import { backendDirectory } from "./cli-environment.ts";
import { findCli } from "./find-cli.ts";

export interface ChosenEngine {
  /** The CLI's path; undefined for the embedded engine. */
  cli?: string;
  /** Why, in a sentence. */
  reason: string;
}

/** Whether a CLI in the sandbox has brought a stack up. */
export const hasCliState = (state: string, project: string, stack: string): boolean =>
  existsSync(join(backendDirectory(state), ".pulumi", "stacks", project, `${stack}.json`));

const hasEmbeddedState = (state: string, project: string, stack: string): boolean =>
  hasState(stackDirectory(state, project, stack));

/**
 * A forced choice wins. Else the engine that holds the stacks' state goes on with it; without state a CLI serves where there is
 * one, and the embedded engine where there is none.
 * @throws UserError when a CLI is asked for and there is none.
 */
export function chooseEngine(choice: EngineChoice, state: string, project: string, stacks: string[]): ChosenEngine {
  const embedded = (reason: string): ChosenEngine => ({ reason: `embedded engine: ${reason}` });
  if (choice === EngineChoice.Embedded) return embedded("asked for");
  const cli = findCli();
  if (choice === EngineChoice.Cli) {
    if (cli) return { cli, reason: `Pulumi CLI ${cli}: asked for` };
    throw new UserError("no Pulumi CLI: none on PATH, none in ~/.pulumi; install one, or use --engine embedded");
  }
  if (!cli) return embedded("there is no Pulumi CLI on PATH or in ~/.pulumi");
  if (stacks.some((stack) => hasCliState(state, project, stack)))
    return { cli, reason: `Pulumi CLI ${cli}: it holds the stacks' state` };
  if (stacks.some((stack) => hasEmbeddedState(state, project, stack))) return embedded("it holds the stacks' state");
  return { cli, reason: `Pulumi CLI ${cli}` };
}
