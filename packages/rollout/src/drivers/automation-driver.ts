/** A real Pulumi CLI, by the Automation API, on the backend and account that the environment names. */
import { hostname } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EventTranslator, isAlive, ReportBuilder } from "@mrgc/sandbox/host";
import {
  ConcurrentUpdateError,
  LocalWorkspace,
  PulumiCommand,
  type Stack,
  StackNotFoundError,
} from "@pulumi/pulumi/automation/index.js";
import type { Changes } from "../core/model.ts";
import { type DriverOptions, FirstError, StackFailed, type StackDriver, type StackRun } from "./driver.ts";

export interface AutomationDriverOptions extends DriverOptions {
  /** Path of the CLI. */
  cli: string;
  /** How long to wait for an update of somebody else to end, in seconds. */
  stackLockSeconds: number;
}

const lockPollMs = 5000;

/** `created by ann@build-1 (pid 4711)` in the message of a backend that keeps its locks in files. */
const lockHolder = /created by \S+@(\S+) \(pid (\d+)\)/g;

/** Whether a stack is locked only by processes that ended without unlocking it. */
export function isLeftLocked(
  message: string,
  host = hostname(),
  alive = (pid: number) => isAlive({ pid, started: "" }),
): boolean {
  const holders = [...message.matchAll(lockHolder)];
  return holders.length > 0 && holders.every(([, where, pid]) => where === host && !alive(Number(pid)));
}

export class AutomationDriver implements StackDriver {
  readonly #options: AutomationDriverOptions;
  readonly #command: Promise<PulumiCommand>;
  readonly #selected = new Map<string, Promise<Stack>>();
  /** The CLI keeps the selected stack in a file of the workspace: one selection at a time. */
  #selecting: Promise<unknown> = Promise.resolve();

  constructor(options: AutomationDriverOptions) {
    this.#options = options;
    // npm puts a script named `pulumi` on the path that only downloads a CLI, and the node on it may be older than this one.
    process.env.PATH = [dirname(options.cli), dirname(process.execPath), process.env.PATH ?? ""].join(delimiter);
    this.#command = PulumiCommand.get();
    this.#command.catch(() => undefined);
  }

  preview(run: StackRun): Promise<Changes> {
    return this.#run(run, (stack, options) => stack.preview(options));
  }

  up(run: StackRun): Promise<Changes> {
    return this.#run(run, (stack, options) => stack.up(options));
  }

  async outputs(name: string, directory: string): Promise<Record<string, unknown> | undefined> {
    const stack = await this.#select(name, directory);
    const outputs = Object.entries(await stack.outputs());
    return outputs.length === 0
      ? undefined
      : Object.fromEntries(
          outputs.filter(([, { secret }]) => !secret).map(([key, { value }]) => [key, value as unknown]),
        );
  }

  async close(): Promise<void> {}

  #select(stack: string, directory: string): Promise<Stack> {
    const key = `${directory} ${stack}`;
    let selected = this.#selected.get(key);
    if (selected === undefined) {
      selected = this.#open(stack, directory);
      this.#selected.set(key, selected);
      selected.catch(() => this.#selected.delete(key));
    }
    return selected;
  }

  async #open(stackName: string, workDir: string): Promise<Stack> {
    const pulumiCommand = await this.#command;
    const selected = this.#selecting.then(() => LocalWorkspace.selectStack({ stackName, workDir }, { pulumiCommand }));
    this.#selecting = selected.catch(() => undefined);
    try {
      return await selected;
    } catch (error) {
      if (error instanceof StackNotFoundError)
        throw new StackFailed(
          `there is no stack ${stackName} on this backend. Make it once with \`pulumi stack init ${stackName}\`, where you choose how its secrets are encrypted`,
        );
      throw error;
    }
  }

  async #run(
    run: StackRun,
    operation: (stack: Stack, options: OperationOptions) => Promise<unknown>,
  ): Promise<Changes> {
    const { policyPacks, parallel } = this.#options;
    const stack = await this.#select(run.stack, run.directory);
    const first = new FirstError();
    const report = new ReportBuilder(run.stack, run.events);
    const translator = new EventTranslator(first.listen(report));
    try {
      await this.#afterOthers(stack, () =>
        operation(stack, {
          parallel,
          message: run.message,
          policyPacks: policyPacks.map((pack) => join(run.directory, pack)),
          onEvent: (event) => translator.translate(JSON.stringify(event)),
        }),
      );
    } catch (error) {
      throw first.error((error as Error).message);
    }
    return report.finish(true).counts;
  }

  /** Waits while somebody else updates the stack; unlocks it where that was a process of this machine that is gone. */
  async #afterOthers(stack: Stack, operation: () => Promise<unknown>): Promise<void> {
    const deadline = Date.now() + this.#options.stackLockSeconds * 1000;
    for (;;) {
      try {
        await operation();
        return;
      } catch (error) {
        if (!(error instanceof ConcurrentUpdateError) || Date.now() > deadline) throw error;
        if (isLeftLocked(error.message)) {
          this.#options.note(`${stack.name} is locked by a process that is gone: unlocking it`);
          await stack.cancel();
        } else {
          this.#options.note(`${stack.name} is being updated by somebody else: waiting`);
          await sleep(lockPollMs);
        }
      }
    }
  }
}

interface OperationOptions {
  parallel: number;
  message: string;
  policyPacks: string[];
  onEvent(event: unknown): void;
}
