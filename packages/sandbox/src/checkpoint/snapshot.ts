/** The state of a stack while steps change it: what is new, what is left of the old, what is under way. */
import { StepKind, type ResourceState, type Step } from "../engine/model.ts";
import { valuesEqual } from "../engine/values.ts";
import type { Crypter } from "./crypter.ts";
import { makeFile, serializeResource, type Operation } from "./deployment-format.ts";
import type { CheckpointStore } from "./store.ts";

const operationOf: Partial<Record<StepKind, Operation["type"]>> = {
  [StepKind.Create]: "creating",
  [StepKind.CreateReplacement]: "creating",
  [StepKind.Update]: "updating",
  [StepKind.Delete]: "deleting",
  [StepKind.DeleteReplaced]: "deleting",
  [StepKind.ReadDiscard]: "deleting",
  [StepKind.DiscardReplaced]: "deleting",
  [StepKind.Read]: "reading",
  [StepKind.ReadReplacement]: "reading",
  [StepKind.Import]: "importing",
  [StepKind.ImportReplacement]: "importing",
};

/** Metadata of a same step that is not worth a write of its own. */
const cosmetic = new Set(["sourcePosition", "initErrors", "aliases", "modified", "created"]);

function changedBySame(old: ResourceState, state: ResourceState): boolean {
  for (const key of Object.keys(state) as (keyof ResourceState)[]) {
    if (cosmetic.has(key)) continue;
    if (key === "dependencies") {
      if (!valuesEqual([...old.dependencies].sort(), [...state.dependencies].sort())) return true;
    } else if (!valuesEqual(old[key] as never, state[key] as never)) return true;
  }
  return false;
}

/** Follows the steps of a run. Without a store (preview) it only keeps the picture in memory. */
export class Snapshot {
  readonly base: ResourceState[];
  #ids = new Map<ResourceState, number>();
  #produced: ResourceState[] = [];
  #gone = new Set<ResourceState>();
  #operations = new Map<number, Operation>();
  #store: CheckpointStore | undefined;
  #crypter: Crypter | undefined;
  #changed: boolean;

  constructor(base: ResourceState[], store?: CheckpointStore, crypter?: Crypter) {
    this.base = base;
    this.#store = store;
    this.#crypter = crypter;
    this.#changed = false;
    base.forEach((state, index) => this.#ids.set(state, index));
    store?.startJournal(crypter?.salt);
  }

  #id(state: ResourceState): number {
    const id = this.#ids.get(state) ?? this.#ids.size;
    this.#ids.set(state, id);
    return id;
  }

  #serialize(state: ResourceState) {
    return serializeResource(state, this.#crypter);
  }

  /** Records that a step begins, so that a killed run can say what it was doing. */
  begin(step: Step): void {
    const type = operationOf[step.kind];
    const state = type === "deleting" ? step.old : step.state;
    if (!type || !state || !this.#store) return;
    const operation = { resource: this.#serialize(state), type };
    const id = this.#id(state);
    this.#operations.set(id, operation);
    this.#store.append({ begin: id, operation }, true);
  }

  /** Records that a step ended, with its effect on the state when it succeeded. */
  end(step: Step, succeeded: boolean): void {
    const type = operationOf[step.kind];
    const subject = type === "deleting" ? step.old : step.state;
    if (type && subject && this.#operations.delete(this.#id(subject))) {
      this.#store?.append({ end: this.#id(subject) }, false);
    }
    if (succeeded) this.#apply(step);
    else this.#store?.append({ end: -1 }, true);
  }

  #apply(step: Step): void {
    const { kind, old, state } = step;
    switch (kind) {
      case StepKind.Same:
        if (step.skipped || !state || !old) return;
        this.#put(state, old, changedBySame(old, state));
        return;
      case StepKind.Create:
      case StepKind.CreateReplacement:
      case StepKind.Import:
      case StepKind.Read:
        this.#put(state!, kind === StepKind.Read || old?.pendingReplacement ? old : undefined, true);
        if (step.pendingDelete && old) this.patch(old);
        return;
      case StepKind.ReadReplacement:
      case StepKind.ImportReplacement:
        this.#put(state!, undefined, true);
        if (old) this.patch(old);
        return;
      case StepKind.Update:
        this.#put(state!, old, true);
        return;
      case StepKind.Delete:
      case StepKind.DeleteReplaced:
      case StepKind.ReadDiscard:
      case StepKind.DiscardReplaced:
        if (old!.pendingReplacement && step.pendingReplacement) this.patch(old!);
        else this.#drop(old!);
        return;
      case StepKind.RemovePendingReplace:
        this.#drop(old!);
        return;
    }
  }

  #put(state: ResourceState, replaces: ResourceState | undefined, changed: boolean): void {
    if (replaces) this.#gone.add(replaces);
    this.#produced.push(state);
    this.#changed ||= changed;
    if (!this.#store) return;
    const entry = {
      put: this.#id(state),
      ...(replaces ? { replaces: this.#id(replaces) } : {}),
      ...(changed ? { resource: this.#serialize(state) } : {}),
    };
    this.#store.append(entry, changed);
  }

  #drop(state: ResourceState): void {
    this.#gone.add(state);
    this.#changed = true;
    this.#store?.append({ drop: this.#id(state) }, true);
  }

  /** Records a change of a state that is already part of the picture. */
  patch(state: ResourceState): void {
    this.#changed = true;
    if (this.#store) this.#store.append({ patch: this.#id(state), resource: this.#serialize(state) }, true);
  }

  /** Drops a refreshed resource that no longer exists, or takes over what was read. */
  refreshed(old: ResourceState, state: ResourceState | undefined): void {
    if (!state) this.#drop(old);
    else this.#put(state, old, changedBySame(old, state));
  }

  /** The resources as a checkpoint lists them: what this run produced, then what it has not touched. */
  resources(): ResourceState[] {
    const produced = new Set(this.#produced);
    return [...produced, ...this.base.filter((state) => !produced.has(state))].filter(
      (state) => !this.#gone.has(state),
    );
  }

  /** Writes the final checkpoint. A run that changed nothing leaves the file as it is. */
  close(hadPendingOperations: boolean): void {
    if (!this.#store) return;
    if (!this.#changed && !hadPendingOperations && this.#operations.size === 0 && this.base.length > 0) {
      this.#store.discardJournal();
      return;
    }
    const resources = this.resources().map((state) => this.#serialize(state));
    this.#store.write(makeFile(resources, [...this.#operations.values()], this.#crypter?.salt));
  }
}
