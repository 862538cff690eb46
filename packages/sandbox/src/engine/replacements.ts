/** Replacing a resource: create first and delete later, or delete first together with everything that cannot stay. */
import type { Deployment } from "./deployment.ts";
import { applyReplaceOnChanges, diffResource, isReplace } from "./diffing.ts";
import { StepKind, type Diff, type Goal, type ResourceState, type Step } from "./model.ts";
import type { StepGenerator } from "./step-generator.ts";
import { isProviderType, parseReference } from "./urn.ts";
import { displayValue, unknownValue, type PropertyMap } from "./values.ts";

interface Dependent {
  state: ResourceState;
  keys: string[];
}

export class ReplacementPlanner {
  /** States that got their delete step as part of another resource's replacement. */
  readonly condemned = new Set<ResourceState>();
  /** Why a dependent was deleted, for the step that creates it again. */
  readonly dependentKeys = new Map<string, string[]>();
  #deployment: Deployment;
  #generator: StepGenerator;

  constructor(deployment: Deployment, generator: StepGenerator) {
    this.#deployment = deployment;
    this.#generator = generator;
  }

  /** Refuses to replace what is protected, or what is declared as an import. */
  refuse(
    { urn, goal, old, state }: { urn: string; goal: Goal; old: ResourceState | undefined; state: ResourceState },
    diff: Diff,
  ): void {
    if (state.protect && old!.protect) {
      const message = `unable to replace resource "${urn}"\nas it is currently marked for protection. To unprotect the resource, remove the \`protect\` flag from the resource in your Pulumi program and run \`pulumi up\``;
      // A preview goes on, so that it shows the change that asks for the replacement.
      if (!this.#deployment.preview) throw this.#deployment.bail(message, urn);
      this.#deployment.error(message, urn);
    }
    if (goal.importId !== "") {
      const shown = (map: PropertyMap, key: string): string => JSON.stringify(displayValue(map[key] ?? null));
      const changes = diff.replaceKeys.map(
        (key) => `${key}: ${shown(old!.inputs, key)} => ${shown(state.inputs, key)}`,
      );
      const message = `previously-imported resources that still specify an ID may not be replaced; please remove the \`import\` declaration from your program;\n${changes.join("\n")}`;
      if (!this.#deployment.preview) throw this.#deployment.bail(message, urn);
      this.#deployment.warn(message, urn);
    }
  }

  async steps(urn: string, old: ResourceState, state: ResourceState, goal: Goal, diff: Diff): Promise<Step[]> {
    if (!(goal.deleteBeforeReplace ?? diff.deleteBeforeReplace)) {
      return [
        { kind: StepKind.CreateReplacement, urn, old, state, diff, pendingDelete: true },
        { kind: StepKind.Replace, urn, old, state, diff, pendingDelete: true },
      ];
    }
    const dependents = this.#deployment.graph.has(old) ? await this.#dependents(old) : [];
    const steps = [...dependents, ...this.#cascading(urn)]
      .reverse()
      .flatMap((dependent) => this.#deleteDependent(urn, dependent));
    await this.#deployment.ensureProvider(old.provider);
    // A state that is pending replacement was deleted by an earlier run.
    if (!old.pendingReplacement) {
      this.#generator.deletes.add(old.urn);
      this.condemned.add(old);
      steps.push({ kind: StepKind.DeleteReplaced, urn, old, pendingReplacement: true });
    }
    return [
      ...steps,
      { kind: StepKind.Replace, urn, old, state, diff },
      { kind: StepKind.CreateReplacement, urn, old, state, diff },
    ];
  }

  #deleteDependent(urn: string, { state, keys }: Dependent): Step[] {
    if (this.condemned.has(state)) return [];
    this.dependentKeys.set(state.urn, keys);
    if (!state.delete && state.protect) {
      throw this.#deployment.bail(
        `unable to replace resource "${state.urn}" as part of replacing "${urn}" as it is currently marked for protection. To unprotect the resource, remove the \`protect\` flag from the resource in your Pulumi program and run \`pulumi up\``,
        urn,
      );
    }
    this.#generator.deletes.add(state.urn);
    this.condemned.add(state);
    return [
      state.delete
        ? { kind: StepKind.Delete, urn: state.urn, old: state }
        : { kind: StepKind.DeleteReplaced, urn: state.urn, old: state, pendingReplacement: true },
    ];
  }

  /** The resources that would be replaced because the root is, found by their diff with what depends on it unknown. */
  async #dependents(root: ResourceState): Promise<Dependent[]> {
    const replaced = new Set([root.urn]);
    const result: Dependent[] = [];
    const seen = (urn: string): boolean => this.#generator.hasStep(urn);
    for (const candidate of this.#deployment.graph.dependents(root, seen, false)) {
      const keys = await this.#requiredKeys(candidate, replaced);
      if (!keys) continue;
      result.push({ state: candidate, keys });
      replaced.add(candidate.urn);
    }
    return result;
  }

  /** The properties that make a dependent be replaced; undefined when it can stay. */
  async #requiredKeys(state: ResourceState, replaced: Set<string>): Promise<string[] | undefined> {
    if (!state.custom || state.external) return undefined;
    if (state.provider && replaced.has(parseReference(state.provider).urn)) {
      await this.#deployment.ensureProvider(state.provider);
      return [];
    }
    if (state.deletedWith && replaced.has(state.deletedWith)) return [];
    const inputs: PropertyMap = {};
    let affected = false;
    for (const [key, value] of Object.entries(state.inputs)) {
      const depends = (state.propertyDependencies[key] ?? []).some((urn) => replaced.has(urn));
      affected ||= depends;
      inputs[key] = depends ? unknownValue : value;
    }
    if (!affected) return undefined;
    const { registry } = this.#deployment;
    if (isProviderType(state.type)) await registry.same(state, false);
    else await this.#deployment.ensureProvider(state.provider);
    const provider = isProviderType(state.type) ? registry : registry.get(state.provider)!;
    const raw = await diffResource(provider, state, inputs, true, state.ignoreChanges);
    const diff = applyReplaceOnChanges(raw, state.replaceOnChanges, false);
    return isReplace(diff) ? diff.replaceKeys : undefined;
  }

  /** Resources that ask to be replaced or deleted together with the one. */
  #cascading(urn: string): Dependent[] {
    const found = new Map<string, Dependent>();
    for (const state of [...this.#deployment.news.values(), ...this.#deployment.olds.values()]) {
      const cascades = state.replaceWith.includes(urn) || state.deletedWith === urn;
      if (cascades && !found.has(state.urn)) found.set(state.urn, { state, keys: [] });
    }
    return [...found.values()];
  }
}
