/** What the engine's parts hand to each other: a resource's goal, its state, and the step from one to the other. */
import type { PropertyMap, PropertyValue } from "./values.ts";

/** Seconds; 0 or absent is the engine's default. */
export interface Timeouts {
  create?: number;
  update?: number;
  delete?: number;
  read?: number;
}

export interface AliasSpec {
  urn?: string;
  name?: string;
  type?: string;
  stack?: string;
  project?: string;
  parent?: string;
  noParent?: boolean;
}

export const HookKind = {
  BeforeCreate: "BeforeCreate",
  AfterCreate: "AfterCreate",
  BeforeUpdate: "BeforeUpdate",
  AfterUpdate: "AfterUpdate",
  BeforeDelete: "BeforeDelete",
  AfterDelete: "AfterDelete",
  OnError: "OnError",
} as const;
export type HookKind = (typeof HookKind)[keyof typeof HookKind];
export type HookBindings = Partial<Record<HookKind, string[]>>;

/** What a program asked for. */
export interface Goal {
  type: string;
  name: string;
  custom: boolean;
  properties: PropertyMap;
  parent: string;
  protect?: boolean;
  dependencies: string[];
  provider: string;
  propertyDependencies: Record<string, string[]>;
  deleteBeforeReplace?: boolean;
  ignoreChanges: string[];
  additionalSecretOutputs: string[];
  aliases: AliasSpec[];
  importId: string;
  timeouts: Timeouts;
  replaceOnChanges: string[];
  replacementTrigger: PropertyValue;
  retainOnDelete?: boolean;
  deletedWith: string;
  replaceWith: string[];
  hideDiffs: string[];
  hooks: HookBindings;
  sourcePosition: string;
}

/** What the checkpoint holds of one resource; field by field the CLI's ResourceV3. */
export interface ResourceState {
  urn: string;
  type: string;
  custom: boolean;
  id: string;
  inputs: PropertyMap;
  outputs: PropertyMap;
  parent: string;
  provider: string;
  protect: boolean;
  external: boolean;
  delete: boolean;
  pendingReplacement: boolean;
  taint: boolean;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  initErrors: string[];
  additionalSecretOutputs: string[];
  aliases: string[];
  timeouts: Timeouts;
  importId: string;
  retainOnDelete: boolean;
  deletedWith: string;
  replaceWith: string[];
  ignoreChanges: string[];
  hideDiffs: string[];
  replaceOnChanges: string[];
  replacementTrigger: PropertyValue;
  refreshBeforeUpdate: boolean;
  hooks: HookBindings;
  sourcePosition: string;
  created?: string;
  modified?: string;
}

/** Kinds of step, with the CLI's names. */
export const StepKind = {
  Same: "same",
  Create: "create",
  Update: "update",
  Delete: "delete",
  Replace: "replace",
  CreateReplacement: "create-replacement",
  DeleteReplaced: "delete-replaced",
  Read: "read",
  ReadReplacement: "read-replacement",
  ReadDiscard: "discard",
  DiscardReplaced: "discard-replaced",
  Refresh: "refresh",
  RemovePendingReplace: "remove-pending-replace",
  Import: "import",
  ImportReplacement: "import-replacement",
} as const;
export type StepKind = (typeof StepKind)[keyof typeof StepKind];

/** How a property changed, as the provider said it. */
export type DetailedDiff = Record<string, { kind: "add" | "delete" | "update"; replace: boolean }>;

export interface Diff {
  changes: "none" | "some";
  replaceKeys: string[];
  changedKeys: string[];
  deleteBeforeReplace: boolean;
  detailed?: DetailedDiff;
}

/** One operation on one resource. */
export interface Step {
  kind: StepKind;
  urn: string;
  old?: ResourceState;
  state?: ResourceState;
  diff?: Diff;
  /** For `delete-replaced`: the replacement is created afterwards, so the state stays, marked. */
  pendingReplacement?: boolean;
  /** For `create-replacement` and `read-replacement`: the old resource is deleted at the end. */
  pendingDelete?: boolean;
  /** A create that --target or a destroy left out: the program goes on with unknown outputs. */
  skipped?: boolean;
  /** A state that is carried over untouched, because --target left it out. */
  untargeted?: boolean;
  ignoreChanges?: string[];
}

/** Ends a run whose reason was already reported. */
export class Bail extends Error {
  override name = "Bail";
}

/** A mistake of the user: shown without a stack trace. */
export class UserError extends Error {
  /** Tells it from a fault of the sandbox. */
  override name = "UserError";
}

/** A state with every field at its empty value. */
export const emptyState = (urn: string, type: string, custom: boolean): ResourceState => ({
  urn,
  type,
  custom,
  id: "",
  inputs: {},
  outputs: {},
  parent: "",
  provider: "",
  protect: false,
  external: false,
  delete: false,
  pendingReplacement: false,
  taint: false,
  dependencies: [],
  propertyDependencies: {},
  initErrors: [],
  additionalSecretOutputs: [],
  aliases: [],
  timeouts: {},
  importId: "",
  retainOnDelete: false,
  deletedWith: "",
  replaceWith: [],
  ignoreChanges: [],
  hideDiffs: [],
  replaceOnChanges: [],
  replacementTrigger: null,
  refreshBeforeUpdate: false,
  hooks: {},
  sourcePosition: "",
});

/** The state that a goal describes, before any provider has seen it. */
export function newState(
  goal: Goal,
  urn: string,
  old: ResourceState | undefined,
  alias: string | undefined,
): ResourceState {
  return {
    ...emptyState(urn, goal.type, goal.custom),
    inputs: goal.properties,
    parent: goal.parent,
    protect: goal.protect ?? false,
    dependencies: goal.dependencies,
    provider: goal.provider,
    propertyDependencies: goal.propertyDependencies,
    additionalSecretOutputs: goal.additionalSecretOutputs,
    aliases: alias ? [alias] : [],
    timeouts: goal.timeouts,
    importId: goal.importId,
    retainOnDelete: goal.retainOnDelete ?? false,
    deletedWith: goal.deletedWith,
    replaceWith: goal.replaceWith,
    ignoreChanges: goal.ignoreChanges,
    hideDiffs: goal.hideDiffs,
    replaceOnChanges: goal.replaceOnChanges,
    replacementTrigger: goal.replacementTrigger,
    refreshBeforeUpdate: old?.refreshBeforeUpdate ?? false,
    hooks: goal.hooks,
    sourcePosition: goal.sourcePosition,
    ...(old?.created ? { created: old.created } : {}),
    ...(old?.modified ? { modified: old.modified } : {}),
  };
}
