/** What all parts of one run on one stack share. */
import type { Snapshot } from "../checkpoint/snapshot.ts";
import type { EngineEvents } from "./events.ts";
import { DependencyGraph } from "./graph.ts";
import { Bail, type Goal, type ResourceState } from "./model.ts";
import type { PolicyPack } from "./policy-pack.ts";
import type { ProviderRegistry } from "./provider-registry.ts";
import { makeReference, parseReference } from "./urn.ts";

export interface DeploymentOptions {
  project: string;
  stack: string;
  preview: boolean;
  /** Steps at a time. */
  parallel: number;
  /** URNs; `*` matches within a part, `**` everything. Empty: all. */
  targets: string[];
}

export const organization = "organization";

const asPattern = (target: string): RegExp =>
  new RegExp(
    `^${target
      .split("**")
      .map((part) =>
        part
          .split("*")
          .map((text) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
          .join("[^:]*"),
      )
      .join(".*")}$`,
  );

export class Deployment {
  readonly options: DeploymentOptions;
  readonly snapshot: Snapshot;
  readonly registry: ProviderRegistry;
  readonly events: EngineEvents;
  readonly packs: PolicyPack[] = [];
  /** Live resources of the checkpoint by URN; one that is only waiting for its deletion is not among them. */
  readonly olds = new Map<string, ResourceState>();
  readonly graph: DependencyGraph;
  readonly news = new Map<string, ResourceState>();
  readonly reads = new Map<string, ResourceState>();
  readonly goals = new Map<string, Goal>();
  /** Provider resources of this run by URN, also under the URN they had before. */
  readonly providers = new Map<string, ResourceState>();
  #targets: RegExp[];
  #sawError = false;
  #cancelled = false;
  #onCancel: (() => void)[] = [];

  constructor(options: DeploymentOptions, snapshot: Snapshot, registry: ProviderRegistry, events: EngineEvents) {
    this.options = options;
    this.snapshot = snapshot;
    this.registry = registry;
    this.events = events;
    this.#targets = options.targets.map(asPattern);
    this.graph = new DependencyGraph(snapshot.base);
    for (const state of snapshot.base) if (!state.delete) this.olds.set(state.urn, state);
  }

  get preview(): boolean {
    return this.options.preview;
  }

  get failed(): boolean {
    return this.#sawError;
  }

  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** True when the run is limited to some resources. */
  get targeted(): boolean {
    return this.#targets.length > 0;
  }

  isTarget(urn: string): boolean {
    return this.#targets.length === 0 || this.#targets.some((pattern) => pattern.test(urn));
  }

  /** Reports targets that name nothing of the stack: an error for a URN, as the CLI has it, and a warning for a pattern. */
  checkTargets(isRegistered: (urn: string) => boolean = () => false): void {
    for (const [index, target] of this.options.targets.entries()) {
      const known = (urn: string): boolean => this.#targets[index]!.test(urn);
      if (isRegistered(target) || [...this.olds.keys(), ...this.news.keys()].some(known)) continue;
      if (target.includes("*")) this.warn(`Target '${target}' matches nothing in stack ${this.options.stack}.`);
      else {
        const hint = target.includes("$") ? "" : " Did you forget to escape $ in your shell?";
        this.error(`Target '${target}' could not be found in the stack.${hint}`);
      }
    }
  }

  /** Reports an error; the run will fail, but what is under way goes on. */
  error(message: string, urn = ""): void {
    this.#sawError = true;
    this.events.diagnostic({ severity: "error", message, urn });
  }

  /** Marks the run as failed without a message of its own. */
  markFailed(): void {
    this.#sawError = true;
  }

  warn(message: string, urn = ""): void {
    this.events.diagnostic({ severity: "warning", message, urn });
  }

  /** Reports an error and ends the resource's registration. */
  bail(message: string, urn = ""): Bail {
    this.error(message, urn);
    return new Bail(message);
  }

  /** Begins no further step. Those under way end. */
  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    for (const listener of this.#onCancel) listener();
  }

  onCancel(listener: () => void): void {
    if (this.#cancelled) listener();
    else this.#onCancel.push(listener);
  }

  /** Loads the provider that manages a resource of the checkpoint, if this run has not done so. */
  async ensureProvider(reference: string): Promise<void> {
    if (reference === "" || this.registry.get(reference)) return;
    const { urn, id } = parseReference(reference);
    const state = this.snapshot.base.find((candidate) => candidate.urn === urn && candidate.id === id);
    if (!state) throw new Error(`the checkpoint has no provider ${reference}`);
    await this.registry.same(state, false);
  }

  /** The state of the provider that manages a resource. */
  providerState(reference: string): ResourceState | undefined {
    if (reference === "") return undefined;
    const { urn, id } = parseReference(reference);
    const old = this.olds.get(urn);
    return (
      this.providers.get(urn) ?? (old && makeReference(old.urn, old.id) === makeReference(urn, id) ? old : undefined)
    );
  }
}
