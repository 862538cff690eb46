/** What the new state no longer holds, deleted in reverse order of dependence, as far as possible at the same time. */
import type { Deployment } from "./deployment.ts";
import { DependencyGraph } from "./graph.ts";
import { Bail, StepKind, type ResourceState, type Step } from "./model.ts";
import type { StepExecutor } from "./step-executor.ts";
import type { StepGenerator } from "./step-generator.ts";

/** The URNs that may be deleted when the run is limited to targets: these and everything that depends on them. */
function deletableUrns(deployment: Deployment): Set<string> | undefined {
  if (!deployment.targeted) return undefined;
  const urns = new Set<string>();
  for (const state of deployment.snapshot.base) {
    if (!deployment.isTarget(state.urn)) continue;
    urns.add(state.urn);
    for (const dependent of deployment.graph.dependents(state, () => false, true)) urns.add(dependent.urn);
  }
  return urns;
}

function deleteStep(generator: StepGenerator, state: ResourceState): Step | undefined {
  const { urn, external } = state;
  if (state.delete) {
    if (generator.isPendingDelete(state)) return undefined;
    return { kind: external ? StepKind.DiscardReplaced : StepKind.DeleteReplaced, urn, old: state };
  }
  if (generator.isOperatedOn(urn) || generator.isPendingDelete(state)) return undefined;
  if (state.pendingReplacement) return { kind: StepKind.RemovePendingReplace, urn, old: state };
  return { kind: external ? StepKind.ReadDiscard : StepKind.Delete, urn, old: state };
}

/** The delete steps for everything in the checkpoint that this run did not register. */
export async function generateDeletes(deployment: Deployment, generator: StepGenerator): Promise<Step[]> {
  const allowed = deletableUrns(deployment);
  const steps: Step[] = [];
  for (const state of deployment.snapshot.base) {
    const step = deleteStep(generator, state);
    if (!step) continue;
    if (allowed && !allowed.has(state.urn)) continue;
    if (allowed && !deployment.isTarget(state.urn)) {
      deployment.error(
        `Resource '${state.urn}' will be destroyed but was not specified in --target list.\nEither include resource in --target list or pass --target-dependents to proceed.`,
        state.urn,
      );
    }
    generator.deletes.add(state.urn);
    steps.push(step);
    await deployment.ensureProvider(state.provider);
  }
  if (allowed && deployment.failed && !deployment.preview) throw new Bail("delete untargeted resource");
  return steps;
}

/** Runs delete steps; each waits for those of its dependents. One whose dependent could not be deleted is left alone. */
export async function executeDeletes(deployment: Deployment, executor: StepExecutor, steps: Step[]): Promise<void> {
  const graph = new DependencyGraph(deployment.snapshot.base);
  const byState = new Map(steps.map((step) => [step.old!, step]));
  const waitsFor = new Map<ResourceState, ResourceState[]>(steps.map((step) => [step.old!, []]));
  for (const state of byState.keys()) {
    for (const dependency of graph.dependencies(state)) waitsFor.get(dependency)?.push(state);
  }
  const outcomes = new Map<ResourceState, Promise<boolean>>();
  // Dependents come after their dependencies in a checkpoint, so that their outcome is there when it is asked for.
  for (const state of [...graph.states].reverse()) {
    const step = byState.get(state);
    if (!step) continue;
    const dependents = waitsFor.get(state)!.map((dependent) => outcomes.get(dependent)!);
    outcomes.set(
      state,
      (async () => {
        if (!(await Promise.all(dependents)).every(Boolean)) return false;
        try {
          await executor.run([step]);
          return true;
        } catch (error) {
          if (error instanceof Bail) return false;
          throw error;
        }
      })(),
    );
  }
  const results = await Promise.all(outcomes.values());
  if (!results.every(Boolean)) throw new Bail("delete failed");
}
