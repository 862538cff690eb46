/** Decides what a registration means: the steps, with the CLI's rules and in its order. */
import { randomBytes } from "node:crypto";
import { possibleAliases } from "./aliases.ts";
import { checkInputs, providerOf } from "./checking.ts";
import type { Deployment } from "./deployment.ts";
import { applyReplaceOnChanges, isReplace } from "./diffing.ts";
import { Bail, newState, StepKind, type Diff, type Goal, type ResourceState, type Step } from "./model.ts";
import { analyzeResource } from "./policies.ts";
import { ignoreChanges } from "./property-path.ts";
import { ReplacementPlanner } from "./replacements.ts";
import { noDiff, resourceDiff, triggerFired } from "./resource-diff.ts";
import type { ResourceProvider } from "./resource-provider.ts";
import { leaveOut } from "./targets.ts";
import { dependencyUrns } from "./graph.ts";
import { isProviderType, makeUrn, rootStackType } from "./urn.ts";
import { containsUnknowns } from "./values.ts";

/** A resource on its way from registration to steps. */
export interface Registration {
  goal: Goal;
  urn: string;
  old: ResourceState | undefined;
  state: ResourceState;
  seed: Uint8Array;
  imported: boolean;
  invalid: boolean;
}

export interface GeneratedSteps {
  steps: Step[];
  /** The resource's state once all steps are done. */
  state: ResourceState;
}

/** Runs steps that have to end before more can be decided: an import. */
export type RunNow = (steps: Step[]) => Promise<void>;

/** Turns goals into steps. One instance a deployment; registrations may overlap. */
export class StepGenerator {
  readonly urns = new Set<string>();
  /** URNs by what was decided for them. */
  readonly sames = new Set<string>();
  readonly creates = new Set<string>();
  readonly updates = new Set<string>();
  readonly replaces = new Set<string>();
  readonly deletes = new Set<string>();
  readonly reads = new Set<string>();
  readonly skippedCreates = new Set<string>();
  /** From the URN a resource had to the one it has, and back. */
  readonly aliased = new Map<string, string>();
  readonly aliases = new Map<string, string>();
  #deployment: Deployment;
  #replacements: ReplacementPlanner;

  constructor(deployment: Deployment) {
    this.#deployment = deployment;
    this.#replacements = new ReplacementPlanner(deployment, this);
  }

  hasStep(urn: string): boolean {
    return [this.creates, this.sames, this.updates, this.deletes, this.replaces, this.reads].some((set) =>
      set.has(urn),
    );
  }

  /** Whether a resource of the checkpoint, by its URN there, is part of the new state. */
  isOperatedOn(oldUrn: string): boolean {
    const urn = this.aliased.get(oldUrn) ?? oldUrn;
    return [this.sames, this.updates, this.replaces, this.reads].some((set) => set.has(urn));
  }

  isPendingDelete(state: ResourceState): boolean {
    return this.#replacements.condemned.has(state);
  }

  /** Gives a resource its URN. Throws when the program uses one twice. */
  claimUrn(parent: string, type: string, name: string): string {
    const { stack, project } = this.#deployment.options;
    if (parent && !this.urns.has(parent)) throw this.#deployment.bail(`could not find parent resource ${parent}`);
    const urn = makeUrn(stack, project, parent, type, name);
    if (this.urns.has(urn)) {
      throw this.#deployment.bail(`Duplicate resource URN '${urn}'; try giving it a unique name`, urn);
    }
    this.urns.add(urn);
    return urn;
  }

  /** The resource of the checkpoint that a registration continues, found by URN or alias. */
  findOld(
    urn: string,
    goal: Pick<Goal, "name" | "type" | "parent" | "aliases">,
  ): { old?: ResourceState; alias?: string; invalid: boolean } {
    const { stack, project } = this.#deployment.options;
    let invalid = false;
    const previous = this.aliased.get(urn);
    if (previous !== undefined) {
      invalid = true;
      this.#deployment.error(`Duplicate resource alias '${urn}' applied to resource with URN '${previous}'`, urn);
    }
    const candidates = possibleAliases({ stack, project, ...goal }, (parent) => this.aliases.get(parent));
    for (const candidate of [urn, ...candidates]) {
      const old = this.#deployment.olds.get(candidate);
      if (!old) continue;
      if (candidate === urn) return { old, invalid };
      const other = this.urns.has(candidate) ? candidate : this.aliased.get(candidate);
      if (other !== undefined) {
        invalid = true;
        this.#deployment.error(
          `Duplicate resource alias '${candidate}' applied to resource with URN '${urn}' conflicting with resource with URN '${other}'`,
          urn,
        );
      }
      this.aliased.set(candidate, urn);
      this.aliases.set(urn, candidate);
      this.#deployment.registry.registerAlias(urn, candidate);
      return { old, alias: candidate, invalid };
    }
    return { invalid };
  }

  /** What `get` in a program means: the resource is read, not managed. */
  readSteps(urn: string, state: ResourceState): GeneratedSteps {
    const { old } = this.findOld(urn, { name: "", type: state.type, parent: state.parent, aliases: [] });
    this.reads.add(urn);
    if (old && !old.external && old.id !== state.id) {
      this.replaces.add(urn);
      return {
        steps: [
          { kind: StepKind.ReadReplacement, urn, old, state },
          { kind: StepKind.Replace, urn, old, state, pendingDelete: true },
        ],
        state,
      };
    }
    return { steps: [{ kind: StepKind.Read, urn, ...(old ? { old } : {}), state }], state };
  }

  /** The steps for a goal. Throws Bail when the resource is refused; the reason was reported. */
  async generate(goal: Goal, runNow: RunNow): Promise<GeneratedSteps> {
    const urn = this.claimUrn(goal.parent, goal.type, goal.name);
    const { old, alias, invalid } = this.findOld(urn, goal);
    this.#deployment.goals.set(urn, goal);
    const state = newState(goal, urn, old, alias);
    if (isProviderType(goal.type))
      for (const known of [urn, ...(alias ? [alias] : [])]) this.#deployment.providers.set(known, state);
    const registration: Registration = { goal, urn, old, state, seed: randomBytes(32), imported: false, invalid };
    const known = old && (old.importId || old.id);
    if (goal.custom && goal.importId !== "" && (!old || old.external || known !== goal.importId)) {
      await this.#import(registration, alias, runNow);
    }
    return this.#decide(registration);
  }

  async #import(registration: Registration, alias: string | undefined, runNow: RunNow): Promise<void> {
    const { goal, urn, old, state } = registration;
    await providerOf(this.#deployment, goal, urn);
    const steps: Step[] = old
      ? [
          { kind: StepKind.ImportReplacement, urn, old, state, ignoreChanges: goal.ignoreChanges },
          { kind: StepKind.Replace, urn, old, state, pendingDelete: true },
        ]
      : [{ kind: StepKind.Import, urn, state, ignoreChanges: goal.ignoreChanges }];
    await runNow(steps);
    registration.old = state;
    registration.state = newState(goal, urn, state, alias);
    registration.imported = true;
  }

  async #decide(registration: Registration): Promise<GeneratedSteps> {
    const { goal, urn, old, state } = registration;
    const deployment = this.#deployment;
    const provider = await providerOf(this.#deployment, goal, urn);
    const recreating = this.deletes.has(urn);
    const targeted = isProviderType(goal.type) || goal.type === rootStackType || deployment.isTarget(urn);
    if (!targeted) return leaveOut(this.#deployment, this, registration);

    let inputs = state.inputs;
    if (old) {
      const ignored = ignoreChanges(inputs, old.inputs, goal.ignoreChanges);
      inputs = ignored.inputs;
      if (ignored.invalid.length > 0) {
        deployment.events.diagnostic({
          severity: "info",
          urn,
          message: `cannot ignore changes in added or removed elements of the path: "${ignored.invalid.join(", ")}"`,
        });
      }
    }
    state.inputs = inputs;
    if (provider) {
      const fresh = !old || recreating || old.external || old.taint;
      const [olds, news] = fresh ? [{}, goal.properties] : [old.inputs, inputs];
      await checkInputs(deployment, registration, provider, olds, news);
    }
    this.#refuseSkippedDependencies(registration);
    const valid = await analyzeResource(deployment, state, goal);
    if (!valid || registration.invalid) throw new Bail(`resource ${urn} is invalid`);

    if (old && (recreating || this.deletes.has(urn))) return this.#recreate(registration);
    if (old?.external) {
      this.creates.add(urn);
      const steps: Step[] = [
        { kind: StepKind.CreateReplacement, urn, old, state, pendingDelete: true },
        { kind: StepKind.Replace, urn, old, state, pendingDelete: true },
      ];
      return { steps, state };
    }
    if (old) return this.#compare(registration, provider);
    this.creates.add(urn);
    return { steps: [{ kind: StepKind.Create, urn, state }], state };
  }

  /** The resource was deleted earlier in this run, because something it depends on is replaced by delete and create. */
  #recreate({ urn, old, state }: Registration): GeneratedSteps {
    this.deletes.delete(urn);
    this.replaces.add(urn);
    const diff: Diff = { ...noDiff, changes: "some", replaceKeys: this.#replacements.dependentKeys.get(urn) ?? [] };
    return {
      steps: [
        { kind: StepKind.Replace, urn, old: old!, state },
        { kind: StepKind.CreateReplacement, urn, old: old!, state, diff },
      ],
      state,
    };
  }

  #refuseSkippedDependencies({ urn, state }: Registration): void {
    if (this.skippedCreates.size === 0) return;
    const missing = [...dependencyUrns(state), state.parent].find((dependency) => this.skippedCreates.has(dependency));
    if (missing === undefined) return;
    this.skippedCreates.delete(missing);
    const message = `Resource '${urn}' depends on '${missing}' which was not specified in --target list.\nEither include resource in --target list or pass --target-dependents to proceed.`;
    this.#deployment.error(message, urn);
    if (!this.#deployment.preview) throw new Bail(message);
  }

  async #compare(registration: Registration, provider: ResourceProvider | undefined): Promise<GeneratedSteps> {
    const { goal, urn, state } = registration;
    const old = registration.old!;
    if (!this.#deployment.preview && containsUnknowns(state.replacementTrigger)) {
      throw this.#deployment.bail(`replacement trigger contains unknowns for ${urn}`, urn);
    }
    const fired = triggerFired(state, old);
    const raw = fired
      ? { ...noDiff, changes: "some" as const }
      : await resourceDiff(this.#deployment, this, registration, provider);
    // Another resource's replacement may have deleted this one while its diff was under way.
    if (this.deletes.has(urn)) return this.#recreate(registration);
    const diff = applyReplaceOnChanges(raw, goal.replaceOnChanges, old.initErrors.length > 0);
    const changed = diff.changes === "some" || old.pendingReplacement;
    if (changed && (isReplace(diff) || fired || old.pendingReplacement)) {
      if (provider && !old.taint) await this.#checkReplacement(registration, provider, diff);
      else this.#replacements.refuse(registration, diff);
      this.replaces.add(urn);
      return { steps: await this.#replacements.steps(urn, old, state, goal, diff), state };
    }
    if (changed || old.initErrors.length > 0) {
      this.updates.add(urn);
      return { steps: [{ kind: StepKind.Update, urn, old, state, diff, ignoreChanges: goal.ignoreChanges }], state };
    }
    if (registration.imported) {
      this.sames.add(urn);
      return { steps: [], state: old };
    }
    this.sames.add(urn);
    return { steps: [{ kind: StepKind.Same, urn, old, state }], state };
  }

  /** A replacement gets its defaults anew: the old resource's are not carried over. */
  async #checkReplacement(registration: Registration, provider: ResourceProvider, diff: Diff): Promise<void> {
    this.#replacements.refuse(registration, diff);
    await checkInputs(this.#deployment, registration, provider, {}, registration.goal.properties);
  }
}
