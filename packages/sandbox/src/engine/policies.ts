/** Runs the policy packs over resources and over the whole stack. */
import type { Deployment } from "./deployment.ts";
import type { Goal, ResourceState } from "./model.ts";
import { EnforcementLevel } from "./policy-messages.ts";
import { PolicyPack, unknownRule } from "./policy-pack.ts";
import type { RunOptions } from "./run-context.ts";
import { rootUrn } from "./urn.ts";
import { annotateSecrets } from "./values.ts";

/** Starts the packs of a run; one that does not start, or a setting of a rule that none has, ends it. */
export async function startPacks(deployment: Deployment, options: RunOptions, engineAddress: string): Promise<void> {
  const { policyPacks, policyConfig, preview, config, project, stack, cacheDirectory, events, deadlineSeconds } =
    options;
  const started = await Promise.allSettled(
    policyPacks.map((directory) =>
      PolicyPack.start({
        directory,
        config: policyConfig,
        stack,
        project: project.name,
        preview,
        stackConfig: config.values,
        stackSecretKeys: config.secretKeys,
        engineAddress,
        cacheDirectory,
        ...(deadlineSeconds ? { deadlineSeconds } : {}),
        onOutput: (text) => events.programOutput(text),
        onCancel: (listener) => deployment.onCancel(listener),
      }),
    ),
  );
  for (const result of started) if (result.status === "fulfilled") deployment.packs.push(result.value);
  const failed = started.find((result) => result.status === "rejected");
  const problem = failed ? (failed.reason as Error).message : unknownRule(deployment.packs, policyConfig);
  if (problem !== undefined && !deployment.cancelled) {
    deployment.error(problem);
    deployment.cancel();
  }
}

/**
 * Lets every pack repair, then judge a resource's inputs. The state's inputs are replaced by what remediations made of them.
 * @returns whether the resource may be operated on.
 */
export async function analyzeResource(deployment: Deployment, state: ResourceState, goal: Goal): Promise<boolean> {
  if (deployment.packs.length === 0) return true;
  const resource = { state, goal, provider: deployment.providerState(state.provider) };
  for (const pack of deployment.packs) {
    for (const remediation of await pack.remediate(resource, state.inputs)) {
      deployment.events.policyRemediation(remediation);
      // A remediation that copies properties loses their secret marks; what was secret stays so.
      if (remediation.diagnostic === "") state.inputs = annotateSecrets(remediation.properties, state.inputs);
    }
  }
  const findings = (await Promise.all(deployment.packs.map((pack) => pack.analyze(resource, state.inputs)))).flat();
  let violated = false;
  for (const finding of findings) {
    deployment.events.policyFinding(finding);
    violated ||= finding.level === EnforcementLevel.Mandatory;
  }
  if (violated) deployment.markFailed();
  // A preview goes on, so that it shows all violations at once.
  return !violated || deployment.preview;
}

/** Lets every pack judge the stack as it will be. */
export async function analyzeStack(deployment: Deployment): Promise<void> {
  const { stack, project } = deployment.options;
  const resources = [...deployment.news.values()].map((state) => ({
    state,
    goal: deployment.goals.get(state.urn),
    provider: deployment.providerState(state.provider),
  }));
  const findings = await Promise.all(
    deployment.packs.map((pack) => pack.analyzeStack(resources, rootUrn(stack, project))),
  );
  for (const finding of findings.flat()) {
    deployment.events.policyFinding(finding);
    if (finding.level === EnforcementLevel.Mandatory) deployment.markFailed();
  }
}
