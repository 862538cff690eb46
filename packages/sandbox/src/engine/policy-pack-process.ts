/** A policy pack's process: how it is started, and how it ends. */
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { splitArguments } from "../project/project.ts";
import { UserError } from "./model.ts";
import { locateRunner, readPackOptions } from "./policy-pack-file.ts";
import { fastStart, leanSdk, startNode, type Child } from "./processes.ts";
import { firstUsefulLine } from "./rpc-error.ts";

export interface PackProcessOptions {
  directory: string;
  stack: string;
  project: string;
  preview: boolean;
  stackConfig: Record<string, string>;
  engineAddress: string;
  cacheDirectory: string;
  /** How long the pack may take to start; seconds. */
  startDeadlineSeconds?: number;
  onOutput(text: string): void;
  /** Calls its argument when the run ends early. */
  onCancel(listener: () => void): void;
}

/** A rule computes: what takes longer than this is an endless loop. */
export const packDeadlineSeconds = 300;

/** As much of a pack's output as says why it ended. */
const keptCharacters = 100_000;

/** A pack that listens. */
export interface PackProcess {
  port: number;
  child: Child;
  /** Rejects with the reason when the process ends. */
  ended: Promise<never>;
  /** From now on, what the pack prints is shown as it comes. */
  showOutput(): void;
}

/** Starts the pack's process and waits until it listens. */
export async function startPackProcess(options: PackProcessOptions): Promise<PackProcess> {
  const directory = resolve(options.directory);
  const { nodeargs, typescript } = readPackOptions(directory);
  const nodeArguments = typeof nodeargs === "string" ? splitArguments(nodeargs) : [];
  let output = "";
  // Until the pack is ready, what it prints is why it is not: that becomes one message.
  let shown = false;
  let announce: (port: number) => void = () => undefined;
  const announced = new Promise<number>((done) => (announce = done));
  const take = (text: string): void => {
    output = `${output}${text}`.slice(-keptCharacters);
    if (shown) options.onOutput(text);
  };
  const child = startNode([...leanSdk, locateRunner(directory), ...nodeArguments, options.engineAddress, directory], {
    cwd: directory,
    env: {
      ...process.env,
      ...fastStart(options.cacheDirectory),
      ...(typescript === false ? {} : { PULUMI_NODEJS_TYPESCRIPT: "true" }),
      PULUMI_NODEJS_ORGANIZATION: "organization",
      PULUMI_NODEJS_PROJECT: options.project,
      PULUMI_NODEJS_STACK: options.stack,
      PULUMI_NODEJS_DRY_RUN: String(options.preview),
      PULUMI_CONFIG: JSON.stringify(options.stackConfig),
    },
    onStdout(text) {
      take(text);
      const line = /^(\d+)\s*$/m.exec(output);
      if (line) announce(Number(line[1]));
    },
    onStderr: take,
  });
  const ended = child.exited.then(({ code, signal }) => {
    throw new UserError(
      `the policy pack in ${directory} ended (${signal ?? `exit code ${code}`}): ${firstUsefulLine(output)}`,
    );
  });
  ended.catch(() => undefined);
  options.onCancel(() => void child.stop());
  const seconds = options.startDeadlineSeconds ?? packDeadlineSeconds;
  const late = sleep(seconds * 1000, undefined, { ref: false }).then(() => {
    throw new UserError(
      `the policy pack in ${directory} did not start within ${seconds} s: ${firstUsefulLine(output)}`,
    );
  });
  try {
    const port = await Promise.race([announced, ended, late]);
    return { port, child, ended, showOutput: () => void (shown = true) };
  } catch (error) {
    await child.stop();
    throw error;
  }
}
