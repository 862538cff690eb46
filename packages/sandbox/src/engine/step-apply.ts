/** Carries out one step against its provider and fills in the resulting state. */
import type { Deployment } from "./deployment.ts";
import type { ResourceHooks } from "./hooks.ts";
import { HookKind, StepKind, type ResourceState, type Step } from "./model.ts";
import type { OperationResult } from "./provider-client.ts";
import type { ResourceProvider } from "./resource-provider.ts";
import { isProviderType } from "./urn.ts";
import { isSecret, isUnknown, makeSecret, valuesEqual } from "./values.ts";

/** A resource that exists but did not become healthy: its state is kept, and the run fails. */
export class PartialFailure extends Error {
  override name = "PartialFailure";
}

export class ProtectedResource extends Error {
  override name = "ProtectedResource";
}

export interface ApplyContext {
  deployment: Deployment;
  hooks: ResourceHooks;
  /** URNs that this run deletes: what is deleted with one of them needs no delete of its own. */
  deletes: ReadonlySet<string>;
}

const now = (): string => new Date().toISOString();

function providerOf({ deployment }: ApplyContext, state: ResourceState): ResourceProvider {
  if (isProviderType(state.type)) return deployment.registry;
  const provider = deployment.registry.get(state.provider);
  if (!provider) throw new Error(`unknown provider '${state.provider}' for resource '${state.urn}'`);
  return provider;
}

function take(state: ResourceState, result: OperationResult): void {
  state.id = result.id;
  state.outputs = result.outputs;
  state.refreshBeforeUpdate = result.refreshBeforeUpdate;
  state.initErrors = result.initErrors;
}

const failIfUnhealthy = (state: ResourceState): void => {
  if (state.initErrors.length > 0) throw new PartialFailure(state.initErrors.join("\n"));
};

async function same(context: ApplyContext, { old, state, skipped, untargeted }: Step): Promise<void> {
  if (!old || !state) return;
  state.id = old.id;
  state.outputs = old.outputs;
  if (isProviderType(state.type) && !skipped && !untargeted) {
    // The old inputs: a provider that sees no difference in the new ones goes on with what it had.
    await context.deployment.registry.same({ ...state, inputs: old.inputs }, true);
  }
}

async function create(context: ApplyContext, step: Step): Promise<void> {
  const { deployment, hooks } = context;
  const state = step.state!;
  await hooks.run(HookKind.BeforeCreate, state.hooks, step);
  if (state.custom) {
    const provider = providerOf(context, state);
    const attempt = () => provider.create(state.urn, state.inputs, state.timeouts.create, deployment.preview);
    take(state, await hooks.retrying(attempt, state.hooks, step, "create"));
  }
  state.created = state.modified = now();
  if (step.pendingDelete) step.old!.delete = true;
  failIfUnhealthy(state);
  if (state.custom) await afterHooks(context, HookKind.AfterCreate, step);
}

async function update(context: ApplyContext, step: Step): Promise<void> {
  const { deployment, hooks } = context;
  const [old, state] = [step.old!, step.state!];
  state.id = old.id;
  await hooks.run(HookKind.BeforeUpdate, state.hooks, step);
  if (state.custom) {
    const provider = providerOf(context, state);
    const attempt = () =>
      provider.update(
        state.urn,
        old.id,
        old.inputs,
        old.outputs,
        state.inputs,
        state.timeouts.update,
        step.ignoreChanges ?? [],
        deployment.preview,
      );
    take(state, await hooks.retrying(attempt, state.hooks, step, "update"));
    state.modified = now();
    failIfUnhealthy(state);
    await afterHooks(context, HookKind.AfterUpdate, step);
  }
}

/** The operation itself succeeded, so that a failing hook only fails the run. */
export async function afterHooks({ deployment, hooks }: ApplyContext, kind: HookKind, step: Step): Promise<void> {
  const subject = (step.state ?? step.old)!;
  await hooks.run(kind, subject.hooks, step).catch((error: unknown) => {
    deployment.error((error as Error).message, subject.urn);
    deployment.cancel();
  });
}

async function remove(context: ApplyContext, step: Step): Promise<void> {
  const { deployment, hooks } = context;
  const old = step.old!;
  await hooks.run(HookKind.BeforeDelete, old.hooks, step);
  if (step.kind === StepKind.Delete && old.protect) {
    throw new ProtectedResource(
      `resource "${old.urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove the \`protect\` flag from the resource in your Pulumi program and run \`pulumi up\`, or use the command:\n\`pulumi state unprotect '${old.urn}'\``,
    );
  }
  const goesWithAnother = old.deletedWith !== "" && context.deletes.has(old.deletedWith);
  if (!deployment.preview && !old.external && !old.retainOnDelete && !goesWithAnother && old.custom) {
    const provider = providerOf(context, old);
    await hooks.retrying(
      () => provider.delete(old.urn, old.id, old.inputs, old.outputs, old.timeouts.delete),
      old.hooks,
      step,
      "delete",
    );
  }
  if (step.pendingReplacement) old.pendingReplacement = true;
  await afterHooks(context, HookKind.AfterDelete, step);
}

async function read(context: ApplyContext, step: Step): Promise<void> {
  const state = step.state!;
  if (isUnknown(state.id)) state.outputs = {};
  else {
    const result = await providerOf(context, state).read(
      state.urn,
      state.id,
      state.inputs,
      state.inputs,
      state.timeouts.read,
    );
    if (!result.found) throw new Error(`resource '${state.id}' does not exist`);
    state.outputs = result.outputs;
    state.initErrors = result.initErrors;
    if (result.id !== "") state.id = result.id;
  }
  const { old } = step;
  if (step.kind === StepKind.ReadReplacement) old!.delete = true;
  if (old?.created) state.created = old.created;
  if (old?.modified) state.modified = old.modified;
  if (old && !(valuesEqual(state.inputs, old.inputs) && valuesEqual(state.outputs, old.outputs)))
    state.modified = now();
  failIfUnhealthy(state);
}

async function importResource(context: ApplyContext, step: Step): Promise<void> {
  const state = step.state!;
  const result = await providerOf(context, state).read(state.urn, state.importId, undefined, {}, state.timeouts.read);
  if (!result.found) throw new Error(`resource '${state.importId}' does not exist`);
  if (!result.inputs) throw new Error(`the provider of ${state.type} does not support importing resources`);
  state.id = result.id || state.importId;
  state.outputs = result.outputs;
  state.initErrors = result.initErrors;
  state.inputs = result.inputs;
  state.created = state.modified = now();
  if (step.kind === StepKind.ImportReplacement) step.old!.delete = true;
}

/** Marks outputs secret that were asked to be, or whose input of the same name is. */
function markSecrets({ deployment }: ApplyContext, state: ResourceState): void {
  for (const key of state.additionalSecretOutputs) {
    if (key === "id")
      deployment.warn("The 'id' property cannot be made secret. See pulumi/pulumi#2717 for more details.", state.urn);
    else if (key in state.outputs) state.outputs[key] = makeSecret(state.outputs[key]!);
  }
  for (const [key, output] of Object.entries(state.outputs)) {
    if (isSecret(state.inputs[key]) && !isSecret(output)) state.outputs[key] = makeSecret(output);
  }
}

/** Carries out a step. Throws PartialFailure when the state is to be kept all the same. */
export async function applyStep(context: ApplyContext, step: Step): Promise<void> {
  try {
    switch (step.kind) {
      case StepKind.Same:
        return await same(context, step);
      case StepKind.Create:
      case StepKind.CreateReplacement:
        return await create(context, step);
      case StepKind.Update:
        return await update(context, step);
      case StepKind.Delete:
      case StepKind.DeleteReplaced:
      case StepKind.ReadDiscard:
      case StepKind.DiscardReplaced:
        return await remove(context, step);
      case StepKind.Read:
      case StepKind.ReadReplacement:
        return await read(context, step);
      case StepKind.Import:
      case StepKind.ImportReplacement:
        return await importResource(context, step);
      case StepKind.Replace:
      case StepKind.RemovePendingReplace:
      case StepKind.Refresh:
        return;
    }
  } finally {
    const { state } = step;
    if (state && step.kind !== StepKind.Replace) {
      // The outputs may be the old state's object: a secret is marked on a copy.
      state.outputs = { ...state.outputs };
      markSecrets(context, state);
    }
  }
}
