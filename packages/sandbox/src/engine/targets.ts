/** What a run that is limited to targets does with the other resources: they stay as they are, new ones are not made. */
import type { Deployment } from "./deployment.ts";
import { dependencyUrns } from "./graph.ts";
import { StepKind, type ResourceState, type Step } from "./model.ts";
import type { GeneratedSteps, Registration, StepGenerator } from "./step-generator.ts";

/** The steps of a resource that --target does not name. */
export function leaveOut(
  deployment: Deployment,
  generator: StepGenerator,
  { urn, old, state }: Registration,
): GeneratedSteps {
  if (!old) {
    generator.sames.add(urn);
    generator.skippedCreates.add(urn);
    return { steps: [{ kind: StepKind.Same, urn, state, skipped: true }], state };
  }
  const steps = carryOver(deployment, generator, old, urn);
  return { steps, state: steps.at(-1)!.state! };
}

/** Same steps for a state and everything it depends on that has none yet, dependencies first. */
function carryOver(deployment: Deployment, generator: StepGenerator, old: ResourceState, urn: string): Step[] {
  generator.urns.add(old.urn);
  generator.sames.add(urn).add(old.urn);
  const steps: Step[] = [];
  for (const dependency of [...dependencyUrns(old), old.parent]) {
    const dependencyOld = deployment.olds.get(dependency);
    if (!dependencyOld || generator.hasStep(dependency) || generator.isOperatedOn(dependency)) continue;
    steps.push(...carryOver(deployment, generator, dependencyOld, dependency));
  }
  const state = { ...old };
  deployment.providers.set(old.urn, state);
  steps.push({ kind: StepKind.Same, urn: old.urn, old, state, untargeted: true });
  return steps;
}
