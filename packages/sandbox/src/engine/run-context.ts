/** What every kind of run on a stack starts with: its checkpoint, its providers and the picture of its state. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Crypter } from "../checkpoint/crypter.ts";
import { deserializeResource, type DeploymentFile } from "../checkpoint/deployment-format.ts";
import { takeLock } from "../checkpoint/lock.ts";
import { Snapshot } from "../checkpoint/snapshot.ts";
import { CheckpointStore } from "../checkpoint/store.ts";
import type { Project } from "../project/project.ts";
import { readPassphrase, type StackConfig } from "../project/stack-config.ts";
import { BuiltinProvider } from "./builtin-provider.ts";
import { Deployment } from "./deployment.ts";
import type { EngineEvents } from "./events.ts";
import type { ProviderEndpoint } from "./in-process-provider.ts";
import { UserError } from "./model.ts";
import type { Child } from "./processes.ts";
import type { ProgramOptions } from "./program.ts";
import { ProviderRegistry } from "./provider-registry.ts";
import { filteredEvents, secretFilter } from "./secret-filter.ts";
import type { PropertyMap } from "./values.ts";

export interface RunOptions {
  project: Project;
  stack: string;
  config: StackConfig;
  /** Folder of the stack's files. */
  directory: string;
  /** Node's compile cache and other things that only make runs faster. */
  cacheDirectory: string;
  preview: boolean;
  /** Resource operations at the same time. */
  parallel: number;
  /** URNs of what the run is limited to; empty for everything. */
  targets: string[];
  /** Folders of the policy packs that judge the run. */
  policyPacks: string[];
  /** Their configuration: a level or settings by policy. */
  policyConfig: Record<string, unknown>;
  /** Providers by package. */
  endpoints: Promise<Readonly<Record<string, ProviderEndpoint>>>;
  /** Deadline of provider calls that say nothing of their own; seconds. */
  deadlineSeconds?: number;
  events: EngineEvents;
  /** Outputs of another stack by the name a program gives. */
  stackOutputs(name: string): Promise<PropertyMap>;
  /** Starts what registers the resources; the project's program when left out. */
  startProgram?: (options: ProgramOptions) => Child;
  /** Aborted when the run is to end early: what is under way ends, nothing more begins. */
  signal?: AbortSignal;
}

export interface RunResult {
  succeeded: boolean;
  outputs: PropertyMap;
}

const holdsCiphertext = (file: DeploymentFile | undefined): boolean =>
  JSON.stringify(file?.deployment.resources ?? []).includes('"ciphertext"');

/** The passphrases to try where the environment gives none: the sandbox's own, and the empty one that the CLI allows. */
const fallbackPassphrases = ["sandbox", ""];

/** The crypter of a stack: the salt its checkpoint was written with, or the one of its config file, or a new one. */
export async function openCrypter(config: StackConfig, file: DeploymentFile | undefined): Promise<Crypter> {
  const { type } = file?.deployment.secrets_providers ?? {};
  if (type !== undefined && type !== "passphrase" && holdsCiphertext(file))
    throw new UserError(
      `the state's secrets are encrypted by "${type}", which the sandbox cannot ask; export it with \`pulumi stack export --show-secrets\``,
    );
  const given = readPassphrase();
  const candidates = given === undefined ? fallbackPassphrases : [given];
  const salt = file?.deployment.secrets_providers?.state?.salt ?? config.encryptionSalt;
  if (!salt) return Crypter.create(candidates[0]!);
  const attempts = await Promise.allSettled(candidates.map((passphrase) => Crypter.open(passphrase, salt)));
  const opened = attempts.find((attempt) => attempt.status === "fulfilled");
  if (opened) return opened.value;
  throw (attempts[0] as PromiseRejectedResult).reason;
}

export class RunContext {
  readonly options: RunOptions;
  readonly deployment: Deployment;
  readonly registry: ProviderRegistry;
  /** A text without the secrets of the stack's configuration. */
  readonly shown: (text: string) => string;
  /** Where the engine's services listen; known once they do. */
  engineAddress = "";
  #release: () => void;
  #hadPendingOperations: boolean;

  private constructor(given: RunOptions, snapshot: Snapshot, file: DeploymentFile | undefined, release: () => void) {
    this.shown = secretFilter(given.config.secretTexts);
    const options = { ...given, events: filteredEvents(given.events, this.shown) };
    this.options = options;
    this.#release = release;
    const operations = file?.deployment.pending_operations ?? [];
    this.#hadPendingOperations = operations.length > 0;
    this.registry = new ProviderRegistry({
      endpoints: options.endpoints,
      engineAddress: () => this.engineAddress,
      builtin: new BuiltinProvider({
        stackOutputs: options.stackOutputs,
        findResource: (urn) => this.deployment.news.get(urn) ?? this.deployment.reads.get(urn),
      }),
      ...(options.deadlineSeconds ? { deadlineSeconds: options.deadlineSeconds } : {}),
    });
    const { project, stack, preview, parallel, targets, events } = options;
    this.deployment = new Deployment(
      { project: project.name, stack, preview, parallel, targets },
      snapshot,
      this.registry,
      events,
    );
    options.signal?.addEventListener("abort", () => this.deployment.cancel(), { once: true });
    if (this.#hadPendingOperations && !preview) {
      const list = operations.map(({ type, resource }) => `  * ${resource.urn}, interrupted while ${type}`).join("\n");
      this.deployment.warn(`the last run was interrupted during:\n${list}`);
    }
  }

  /** Locks the stack (previews need no lock), folds what a killed run left, and reads its state. */
  static async open(options: RunOptions): Promise<RunContext> {
    if (!options.preview) mkdirSync(options.directory, { recursive: true });
    const store = new CheckpointStore(options.directory);
    const release = options.preview ? () => undefined : takeLock(join(options.directory, "lock"), options.stack);
    try {
      const file = options.preview ? store.read() : store.recover();
      const crypter = options.preview && !holdsCiphertext(file) ? undefined : await openCrypter(options.config, file);
      const base = (file?.deployment.resources ?? []).map((resource) => deserializeResource(resource, crypter));
      const snapshot = options.preview ? new Snapshot(base) : new Snapshot(base, store, crypter);
      return new RunContext(options, snapshot, file, release);
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Writes the state and lets go of the stack. */
  close(): void {
    try {
      this.deployment.snapshot.close(this.#hadPendingOperations);
    } finally {
      this.registry.close();
      this.#release();
    }
  }
}
