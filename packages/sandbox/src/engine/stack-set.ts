/** Runs several stacks at once. One that reads another's outputs waits for it, so that no order has to be declared. */
import { join } from "node:path";
import { deserializeResource } from "../checkpoint/deployment-format.ts";
import { CheckpointStore } from "../checkpoint/store.ts";
import type { Project } from "../project/project.ts";
import { emptyConfig, readStackConfig, type StackConfig } from "../project/stack-config.ts";
import { destroy } from "./destroy.ts";
import type { EngineEvents } from "./events.ts";
import { UserError } from "./model.ts";
import { refresh } from "./refresh.ts";
import { openCrypter, type RunOptions, type RunResult } from "./run-context.ts";
import { Slots } from "./step-executor.ts";
import { asUserError } from "./system-errors.ts";
import { update } from "./update.ts";
import { rootStackType } from "./urn.ts";
import type { PropertyMap } from "./values.ts";

/** What is done with stacks. */
export const RunKind = {
  /** Nothing is done: what `Up` would do is told. */
  Preview: "preview",
  /** Resources are made as the program says. */
  Up: "up",
  /** The state is made to agree with the providers. */
  Refresh: "refresh",
  /** Everything is deleted. */
  Destroy: "destroy",
} as const;
export type RunKind = (typeof RunKind)[keyof typeof RunKind];

/** What `runStacks` is asked to do. */
export interface StackSetOptions extends Pick<
  RunOptions,
  "parallel" | "targets" | "policyPacks" | "policyConfig" | "endpoints" | "signal" | "deadlineSeconds" | "startProgram"
> {
  /** What is done. */
  kind: RunKind;
  /** The project whose stacks they are. */
  project: Project;
  /** Names of the stacks, in any order. */
  stacks: string[];
  /** Folder of all stored state: `<project root>/.sandbox` unless a caller keeps it elsewhere. */
  stateDirectory: string;
  /** Stacks that work at the same time; one that waits for another does not count. */
  concurrency: number;
  /** Gets the listener of one stack's events. */
  events(stack: string): EngineEvents;
  /** Told when a stack is through. */
  finished(stack: string, result: RunResult): void;
  /** Config values that take the place of the files'. */
  configOverrides?: Record<string, string>;
}

export const stackDirectory = (stateDirectory: string, project: string, stack: string): string =>
  join(stateDirectory, project, stack);

interface StackName {
  project: string;
  stack: string;
}

/** A stack's name as a program gives it: `stack`, `project/stack` or `organization/project/stack`. */
export function parseStackName(name: string, project: string): StackName {
  const parts = name.split("/");
  if (parts.length > 3 || parts.includes(""))
    throw new UserError(`"${name}" is no name of a stack; expected stack, project/stack or organization/project/stack`);
  return { stack: parts.at(-1)!, project: parts.at(-2) ?? project };
}

/** Outputs that a stack's checkpoint holds; undefined when the stack was never run. */
export async function storedOutputs(
  project: Project,
  stateDirectory: string,
  name: StackName,
): Promise<PropertyMap | undefined> {
  const file = new CheckpointStore(stackDirectory(stateDirectory, name.project, name.stack)).read();
  if (!file) return undefined;
  const root = file.deployment.resources?.find(({ type }) => type === rootStackType);
  if (!root) return {};
  const config = name.project === project.name ? await readStackConfig(project, name.stack) : emptyConfig();
  const crypter = JSON.stringify(root).includes('"ciphertext"') ? await openCrypter(config, file) : undefined;
  return deserializeResource(root, crypter).outputs;
}

/** Knows who waits for whom. */
class WaitingRoom {
  #waits = new Map<string, Set<string>>();

  /** @throws UserError when the two would wait for each other, through whatever others. */
  enter(reader: string, target: string): void {
    const path = this.#pathBetween(target, reader);
    if (path)
      throw new UserError(
        `stacks wait for each other: ${[reader, ...path].join(" -> ")}; a stack reference has to go one way`,
      );
    const targets = this.#waits.get(reader) ?? new Set();
    this.#waits.set(reader, targets.add(target));
  }

  leave(reader: string, target: string): void {
    this.#waits.get(reader)?.delete(target);
  }

  #pathBetween(from: string, to: string): string[] | undefined {
    if (from === to) return [from];
    for (const next of this.#waits.get(from) ?? []) {
      const rest = this.#pathBetween(next, to);
      if (rest) return [from, ...rest];
    }
    return undefined;
  }
}

/** The stacks that a stored stack reads. */
function readersOf(options: StackSetOptions): Map<string, string[]> {
  const readers = new Map<string, string[]>(options.stacks.map((stack) => [stack, []]));
  for (const stack of options.stacks) {
    const file = new CheckpointStore(stackDirectory(options.stateDirectory, options.project.name, stack)).read();
    for (const resource of file?.deployment.resources ?? []) {
      if (resource.type !== "pulumi:pulumi:StackReference") continue;
      const target = parseStackName(
        String((resource.inputs as { name?: unknown } | undefined)?.name ?? resource.id),
        options.project.name,
      );
      if (target.project === options.project.name && target.stack !== stack) readers.get(target.stack)?.push(stack);
    }
  }
  return readers;
}

const withOverrides = (config: StackConfig, overrides: Record<string, string> = {}): StackConfig => ({
  ...config,
  values: { ...config.values, ...overrides },
});

/** Runs every stack of the set. Errors that a user can mend are reported as that stack's, the others thrown. */
export async function runStacks(options: StackSetOptions): Promise<void> {
  const { kind, project, stateDirectory } = options;
  const slots = new Slots(options.concurrency);
  const room = new WaitingRoom();
  const results = new Map<string, Promise<RunResult>>();
  const readers = kind === RunKind.Destroy ? readersOf(options) : undefined;

  const outputsFor = async (reader: string, name: string): Promise<PropertyMap> => {
    const target = parseStackName(name, project.name);
    const running = target.project === project.name ? results.get(target.stack) : undefined;
    if (running && target.stack === reader) throw new UserError(`stack ${reader} reads its own outputs`);
    if (running && kind !== RunKind.Refresh) {
      const result = await waitFor(reader, target.stack, running);
      if (!result.succeeded)
        throw new UserError(`stack ${target.stack} failed, so that ${reader} cannot read its outputs`);
      return result.outputs;
    }
    const outputs = await storedOutputs(project, stateDirectory, target);
    if (!outputs) throw new UserError(`unknown stack "${name}": it was never brought up in this sandbox`);
    return outputs;
  };

  const waitFor = async (reader: string, target: string, running: Promise<RunResult>): Promise<RunResult> => {
    room.enter(reader, target);
    slots.give();
    try {
      return await running;
    } finally {
      await slots.take();
      room.leave(reader, target);
    }
  };

  const runOne = async (stack: string): Promise<RunResult> => {
    const events = options.events(stack);
    // Whoever reads a stack goes before it is destroyed.
    for (const reader of readers?.get(stack) ?? []) await results.get(reader);
    await slots.take();
    let result: RunResult = { succeeded: false, outputs: {} };
    try {
      const run = kind === RunKind.Refresh ? refresh : kind === RunKind.Destroy ? destroy : update;
      result = await run({
        ...options,
        stack,
        config: withOverrides(await readStackConfig(project, stack), options.configOverrides),
        directory: stackDirectory(stateDirectory, project.name, stack),
        cacheDirectory: join(stateDirectory, "cache"),
        preview: kind === RunKind.Preview,
        events,
        stackOutputs: (name) => outputsFor(stack, name),
      });
    } catch (error) {
      const mistake = asUserError(error);
      if (!mistake) throw error;
      events.diagnostic({ severity: "error", message: mistake.message, urn: "" });
    } finally {
      slots.give();
    }
    options.finished(stack, result);
    return result;
  };

  // Each begins after all are known, so that a reader finds whom to wait for.
  const start = Promise.resolve();
  for (const stack of options.stacks)
    results.set(
      stack,
      start.then(() => runOne(stack)),
    );
  // A fault in one stack's run ends no other's in the middle.
  const settled = await Promise.allSettled(results.values());
  const fault = settled.find((result) => result.status === "rejected");
  if (fault) throw fault.reason;
}
