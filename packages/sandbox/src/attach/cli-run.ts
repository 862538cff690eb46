/** Runs a stack with a real CLI against the sandbox's providers, and turns the CLI's events into the engine's. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { parseFile, type DeploymentFile } from "../checkpoint/deployment-format.ts";
import type { EngineEvents } from "../engine/events.ts";
import { emptyState, UserError, type Step, type StepKind } from "../engine/model.ts";
import { EnforcementLevel } from "../engine/policy-messages.ts";
import { killGroup } from "../engine/processes.ts";
import type { RunResult } from "../engine/run-context.ts";
import { RunKind } from "../engine/stack-set.ts";
import { rootStackType } from "../engine/urn.ts";
import type { PropertyMap } from "../engine/values.ts";
import type { Project } from "../project/project.ts";
import { cliEnvironment } from "./cli-environment.ts";
import { copyConfig, guardConfigs } from "./config-copies.ts";

interface StepMetadata {
  op: string;
  urn: string;
  type: string;
  keys?: string[];
  diffs?: string[];
  old?: { inputs?: PropertyMap };
  new?: { custom?: boolean; inputs?: PropertyMap; outputs?: PropertyMap };
}

/** One line of `--event-log`; only what is used here. */
interface CliEvent {
  resourcePreEvent?: { metadata: StepMetadata };
  resOutputsEvent?: { metadata: StepMetadata };
  resOpFailedEvent?: { metadata: StepMetadata };
  diagnosticEvent?: { urn?: string; message: string; severity: string; ephemeral?: boolean };
  policyEvent?: {
    resourceUrn?: string;
    message: string;
    policyName: string;
    policyPackName: string;
    enforcementLevel: string;
  };
}

const pollMs = 100;
const colourMarks = /<\{%[^%]*%\}>/g;
// eslint-disable-next-line no-control-regex -- the escape character begins a terminal's colour codes
const escapes = /\u001b\[[0-9;]*m/g;
const plainText = (text: string): string => text.replace(colourMarks, "").replace(escapes, "").trim();

/** Reads a growing file of JSON lines. */
class LineReader {
  #file: number;
  #decoder = new StringDecoder("utf8");
  #rest = "";
  #buffer = Buffer.alloc(1 << 16);

  constructor(path: string) {
    this.#file = openSync(path, "a+");
  }

  read(onLine: (line: string) => void): void {
    for (;;) {
      const length = readSync(this.#file, this.#buffer, 0, this.#buffer.length, null);
      if (length === 0) return;
      const lines = (this.#rest + this.#decoder.write(this.#buffer.subarray(0, length))).split("\n");
      this.#rest = lines.pop()!;
      for (const line of lines) if (line !== "") onLine(line);
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Passes CLI events on; remembers the stack's outputs and the steps' inputs. */
export class EventTranslator {
  readonly outputs: PropertyMap = {};
  /** The inputs of every step, in the order the steps began. */
  readonly steps: { kind: string; urn: string; inputs: PropertyMap }[] = [];
  #events: EngineEvents;
  #running = new Map<string, Step>();

  constructor(events: EngineEvents) {
    this.#events = events;
  }

  #step(metadata: StepMetadata): Step {
    const key = `${metadata.op} ${metadata.urn}`;
    const step: Step = this.#running.get(key) ?? { kind: metadata.op as StepKind, urn: metadata.urn };
    if (metadata.new)
      step.state = {
        ...emptyState(metadata.urn, metadata.type, metadata.new.custom ?? false),
        inputs: metadata.new.inputs ?? {},
      };
    if (metadata.diffs || metadata.keys) {
      step.diff = {
        changes: "some",
        replaceKeys: metadata.keys ?? [],
        changedKeys: metadata.diffs ?? [],
        deleteBeforeReplace: false,
      };
    }
    this.#running.set(key, step);
    return step;
  }

  translate(line: string): void {
    const event = JSON.parse(line) as CliEvent;
    if (event.resourcePreEvent) {
      const { metadata } = event.resourcePreEvent;
      this.steps.push({
        kind: metadata.op,
        urn: metadata.urn,
        inputs: metadata.new?.inputs ?? metadata.old?.inputs ?? {},
      });
      this.#events.stepBegan(this.#step(metadata));
    } else if (event.resOutputsEvent) {
      const { metadata } = event.resOutputsEvent;
      if (metadata.type === rootStackType && metadata.new?.outputs) Object.assign(this.outputs, metadata.new.outputs);
      const key = `${metadata.op} ${metadata.urn}`;
      // A component reports a second time, when its outputs are there.
      if (this.#running.has(key)) this.#events.stepEnded(this.#step(metadata), undefined);
      this.#running.delete(key);
    } else if (event.resOpFailedEvent) {
      this.#events.stepEnded(this.#step(event.resOpFailedEvent.metadata), "failed");
    } else if (event.diagnosticEvent) {
      const { urn = "", message, severity, ephemeral = false } = event.diagnosticEvent;
      const known = severity === "error" || severity === "warning" || severity === "debug" ? severity : "info";
      if (plainText(message) !== "")
        this.#events.diagnostic({ severity: known, message: plainText(message), urn, ephemeral });
    } else if (event.policyEvent) {
      const { resourceUrn = "", message, policyName, policyPackName, enforcementLevel } = event.policyEvent;
      const level =
        enforcementLevel === EnforcementLevel.Mandatory ? EnforcementLevel.Mandatory : EnforcementLevel.Advisory;
      this.#events.policyFinding({
        pack: policyPackName,
        policy: policyName,
        level,
        urn: resourceUrn,
        message: plainText(message),
        description: "",
      });
    }
  }
}

export interface CliRunOptions {
  cli: string;
  environment: NodeJS.ProcessEnv;
  kind: RunKind;
  project: Project;
  stack: string;
  stateDirectory: string;
  parallel: number;
  targets: string[];
  policyPacks: string[];
  policyConfig?: string;
  /** Settings that take the place of the config file's: key to value. */
  config?: Record<string, string>;
  signal?: AbortSignal;
  translator: EventTranslator;
  onOutput(text: string): void;
}

async function runCli(
  options: Pick<CliRunOptions, "cli" | "environment" | "project" | "signal">,
  args: string[],
): Promise<{ code: number | null; output: string }> {
  // A group of its own: Ctrl-C of the terminal would reach the CLI as well as the interrupt below, and two stop it at once.
  const child = spawn(options.cli, [...args, "--non-interactive"], {
    cwd: options.project.root,
    env: options.environment,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const interrupt = (): void => void child.kill("SIGINT");
  options.signal?.addEventListener("abort", interrupt);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  try {
    const [code] = (await once(child, "close")) as [number | null];
    return { code, output };
  } finally {
    options.signal?.removeEventListener("abort", interrupt);
    running.delete(child);
  }
}

/** CLIs under way. */
const running = new Set<ChildProcess>();

/** Interrupts every CLI under way: a second time, it drops what it does, and lets go of its stack. */
export function interruptClis(): void {
  for (const child of running) child.kill("SIGINT");
}

// Whoever waits no longer leaves none behind.
process.on("exit", () => {
  for (const child of running) killGroup(child, "SIGKILL");
});

const flagsFor: Record<RunKind, string[]> = {
  [RunKind.Preview]: ["preview"],
  [RunKind.Up]: ["up", "--yes", "--skip-preview"],
  [RunKind.Refresh]: ["refresh", "--yes", "--skip-preview"],
  [RunKind.Destroy]: ["destroy", "--yes", "--skip-preview"],
};

/** Makes the stack where it does not exist. The CLI would leave a salt in the project's file: that is taken back. */
export async function selectStack(
  options: Pick<CliRunOptions, "cli" | "environment" | "project" | "signal" | "stack">,
): Promise<void> {
  const restore = guardConfigs(options.project, [options.stack]);
  try {
    const { code, output } = await runCli(options, ["stack", "select", "--create", options.stack]);
    if (code !== 0) throw new UserError(`pulumi stack select --create ${options.stack} failed: ${output.trim()}`);
  } finally {
    restore();
  }
}

/** A stack's state as the CLI's backend in the sandbox has it; undefined for a stack that was never made. */
export async function exportStack({
  cli,
  project,
  stateDirectory,
  stack,
}: Pick<CliRunOptions, "cli" | "project" | "stateDirectory" | "stack">): Promise<DeploymentFile | undefined> {
  const directory = mkdtempSync(join(tmpdir(), "sandbox-export-"));
  const file = join(directory, "state.json");
  try {
    const environment = cliEnvironment({ cli, stateDirectory, debugProviders: "" });
    const { code } = await runCli({ cli, environment, project }, ["stack", "export", "--stack", stack, "--file", file]);
    return code === 0 ? parseFile(readFileSync(file, "utf8"), file) : undefined;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs one operation on a stack that `selectStack` has made. */
export async function runWithCli(options: CliRunOptions): Promise<RunResult> {
  const { kind, project, stack, translator } = options;
  const configFile = copyConfig(project, stack, options.stateDirectory);
  const directory = mkdtempSync(join(tmpdir(), "sandbox-events-"));
  const log = join(directory, "events.jsonl");
  const reader = new LineReader(log);
  const poll = setInterval(() => reader.read((line) => translator.translate(line)), pollMs);
  try {
    const packs =
      kind === RunKind.Preview || kind === RunKind.Up
        ? options.policyPacks.flatMap((pack) => ["--policy-pack", pack])
        : [];
    // The CLI wants a configuration for each pack.
    const packConfig = packs.flatMap((word) =>
      word === "--policy-pack" && options.policyConfig ? ["--policy-pack-config", options.policyConfig] : [],
    );
    const config = Object.entries(options.config ?? {}).flatMap(([key, value]) => ["--config", `${key}=${value}`]);
    const { code, output } = await runCli(options, [
      ...flagsFor[kind],
      "--stack",
      stack,
      "--config-file",
      configFile,
      "--event-log",
      log,
      "--parallel",
      String(options.parallel),
      ...options.targets.flatMap((target) => ["--target", target]),
      ...packs,
      ...packConfig,
      ...config,
    ]);
    reader.read((line) => translator.translate(line));
    if (code !== 0) options.onOutput(output);
    return { succeeded: code === 0, outputs: translator.outputs };
  } finally {
    clearInterval(poll);
    reader.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
