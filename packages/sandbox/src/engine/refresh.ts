/** `refresh`: the checkpoint takes over what the providers say is there; the program is not run. */
import { diffResource } from "./diffing.ts";
import { StepKind, type ResourceState, type Step } from "./model.ts";
import type { ReadResult } from "./provider-client.ts";
import { describeError } from "./rpc-error.ts";
import { RunContext, type RunOptions, type RunResult } from "./run-context.ts";
import { Slots } from "./step-executor.ts";
import { isProviderType } from "./urn.ts";
import { valuesEqual } from "./values.ts";

const never = (state: ResourceState): boolean =>
  !state.custom || isProviderType(state.type) || state.pendingReplacement;

function refreshedState(old: ResourceState, read: ReadResult): ResourceState {
  const inputs = read.inputs ?? old.inputs;
  const changed = !valuesEqual(inputs, old.inputs) || !valuesEqual(read.outputs, old.outputs);
  return {
    ...old,
    id: read.id,
    inputs,
    outputs: read.outputs,
    initErrors: read.initErrors,
    refreshBeforeUpdate: read.refreshBeforeUpdate,
    ...(changed ? { modified: new Date().toISOString() } : {}),
  };
}

/** Takes deleted resources out of what others depend on. */
function withoutDependencies(state: ResourceState, gone: ReadonlySet<string>): ResourceState {
  const stays = (urn: string): boolean => !gone.has(urn);
  return {
    ...state,
    dependencies: state.dependencies.filter(stays),
    propertyDependencies: Object.fromEntries(
      Object.entries(state.propertyDependencies).map(([key, urns]) => [key, urns.filter(stays)]),
    ),
    replaceWith: state.replaceWith.filter(stays),
    deletedWith: stays(state.deletedWith) ? state.deletedWith : "",
  };
}

export async function refresh(options: RunOptions): Promise<RunResult> {
  const context = await RunContext.open(options);
  const { deployment } = context;
  const { snapshot, events, registry } = deployment;
  const slots = new Slots(options.parallel);

  const refreshOne = async (old: ResourceState): Promise<ResourceState | undefined> => {
    if (never(old) || !deployment.isTarget(old.urn)) return old;
    const step: Step = { kind: StepKind.Refresh, urn: old.urn, old };
    await slots.take();
    try {
      if (deployment.cancelled) return old;
      events.stepBegan(step);
      await deployment.ensureProvider(old.provider);
      const provider = registry.get(old.provider)!;
      const read = await provider.read(old.urn, old.id, old.inputs, old.outputs, old.timeouts.read);
      const state = read.id === "" ? undefined : refreshedState(old, read);
      if (state) {
        step.state = state;
        if (!old.external)
          step.diff = await diffResource(provider, state, old.inputs, options.preview, old.ignoreChanges);
      }
      events.stepEnded(step, undefined);
      return state;
    } catch (error) {
      const message = describeError(error);
      events.stepEnded(step, message);
      deployment.error(message, old.urn);
      return old;
    } finally {
      slots.give();
    }
  };

  try {
    deployment.checkTargets();
    const refreshed = await Promise.all(snapshot.base.map(refreshOne));
    const gone = new Set(snapshot.base.filter((_, index) => !refreshed[index]).map(({ urn }) => urn));
    snapshot.base.forEach((old, index) => {
      const state = refreshed[index];
      // A resource that nothing changed stays the same object, so that an unchanged refresh writes nothing.
      snapshot.refreshed(old, state && gone.size > 0 ? withoutDependencies(state, gone) : state && { ...state });
    });
  } finally {
    context.close();
  }
  return { succeeded: !deployment.failed && !deployment.cancelled, outputs: {} };
}
