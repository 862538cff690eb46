/** Change safety: policies learn what the stacks own already, so that they can refuse to lose it. */
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Ledger, ledgerOf } from "../checkpoint/ledger.ts";
import { CheckpointStore, writeAtomically } from "../checkpoint/store.ts";
import type { DeploymentFile } from "../checkpoint/deployment-format.ts";
import type { EngineEvents } from "../engine/events.ts";
import { stackDirectory } from "../engine/stack-set.ts";
import type { Project } from "../project/project.ts";

export interface LedgerOptions {
  project: Project;
  stacks: string[];
  stateDirectory: string;
  /** Reads a stack's stored state; undefined for a stack that was never run. */
  readState(stack: string): DeploymentFile | undefined | Promise<DeploymentFile | undefined>;
}

/** Where the ledgers are, with `{stack}` for the stack's name, as the policies take it. */
const ledgerPath = (stateDirectory: string, project: string): string =>
  join(stateDirectory, "ledgers", project, "{stack}.json");

/**
 * Writes every stack's ledger as its state is now.
 *
 * @returns the configuration that tells the policies, and whether any stack owns something.
 */
export async function writeLedgers({ project, stacks, stateDirectory, readState }: LedgerOptions): Promise<{
  config: Record<string, string>;
  owning: boolean;
}> {
  const path = ledgerPath(stateDirectory, project.name);
  mkdirSync(dirname(path), { recursive: true });
  const ledgers = await Promise.all(
    stacks.map(async (stack): Promise<Ledger> => {
      const ledger = ledgerOf(await readState(stack));
      writeAtomically(path.replaceAll("{stack}", stack), `${JSON.stringify(ledger, undefined, 2)}\n`);
      return ledger;
    }),
  );
  return {
    config: { "policy:ledger": path },
    owning: ledgers.some((ledger) => Object.keys(ledger).length > 0),
  };
}

/** Reads a stack's state in the sandbox. */
export function readStored(stateDirectory: string, project: Project, stack: string): DeploymentFile | undefined {
  return new CheckpointStore(stackDirectory(stateDirectory, project.name, stack)).read();
}

/** Keeps what a silent preview finds, to tell it only if it fails. */
export class Findings {
  #told: ((events: EngineEvents) => void)[] = [];

  readonly events: EngineEvents = {
    stepBegan: () => undefined,
    stepEnded: () => undefined,
    diagnostic: (diagnostic) => this.#told.push((events) => events.diagnostic(diagnostic)),
    policyFinding: (finding) => this.#told.push((events) => events.policyFinding(finding)),
    policyRemediation: () => undefined,
    programOutput: () => undefined,
    stackOutputs: () => undefined,
  };

  tell(events: EngineEvents): void {
    for (const tell of this.#told) tell(events);
  }
}
