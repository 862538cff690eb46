import type { EngineEvents } from "@mrgc/sandbox/host";
import type { Changes } from "../core/model.ts";

/** An operation on a stack failed. The message is what the engine said first. */
export class StackFailed extends Error {}

/** One operation on one stack. */
export interface StackRun {
  stack: string;
  /** The project's folder in the release to bring up. */
  directory: string;
  /** What the history of the stack's updates says of it. */
  message: string;
  /** Where progress is reported to. */
  events: EngineEvents;
}

/**
 * Does what the state machine decides. There is no operation for going back: that is `up` with the earlier release's folder, by
 * the same means as every update, so that it needs nothing that is not used every day.
 */
export interface StackDriver {
  /** @throws StackFailed when the program, a provider or a policy refuses; nothing was changed */
  preview(run: StackRun): Promise<Changes>;
  /** @throws StackFailed when it did not come to its end; some of it may have been done */
  up(run: StackRun): Promise<Changes>;
  /** Outputs that are no secrets; undefined for a stack that was never brought up. */
  outputs(stack: string, directory: string): Promise<Record<string, unknown> | undefined>;
  close(): Promise<void>;
}

/** How a driver is opened. */
export interface DriverOptions {
  /** Folders of policy packs within the project; each release is judged by its own. */
  policyPacks: string[];
  /** Resource operations at a time, of each stack. */
  parallel: number;
  /** A message about the run as a whole. */
  note(text: string): void;
}

/** The first error that was reported, for the message of a failure. */
export class FirstError {
  #text: string | undefined;

  /** Events that go on to `events`, with the first error remembered. */
  listen(events: EngineEvents): EngineEvents {
    const keep = (text: string): void => {
      this.#text ??= text.trim();
    };
    return {
      stepBegan: (step) => events.stepBegan(step),
      stepEnded: (step, error) => events.stepEnded(step, error),
      diagnostic: (diagnostic) => {
        if (diagnostic.severity === "error") keep(diagnostic.message);
        events.diagnostic(diagnostic);
      },
      policyFinding: (finding) => {
        if (finding.level === "mandatory") keep(`policy ${finding.policy}: ${finding.message || finding.description}`);
        events.policyFinding(finding);
      },
      policyRemediation: (remediation) => events.policyRemediation(remediation),
      programOutput: (text) => events.programOutput(text),
      stackOutputs: (outputs) => events.stackOutputs(outputs),
    };
  }

  error(otherwise: string): StackFailed {
    return new StackFailed(this.#text ?? otherwise);
  }
}
