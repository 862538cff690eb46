/** Who depends on whom among states in a checkpoint's order: dependencies come before their dependents. */
import type { ResourceState } from "./model.ts";
import { parseReference } from "./urn.ts";

const providerUrn = (state: ResourceState): string => (state.provider ? parseReference(state.provider).urn : "");

/** URNs that a resource needs, without its parent. */
export function dependencyUrns(state: ResourceState): Set<string> {
  const urns = new Set(state.dependencies);
  for (const list of Object.values(state.propertyDependencies)) for (const urn of list) urns.add(urn);
  for (const urn of state.replaceWith) urns.add(urn);
  if (state.deletedWith) urns.add(state.deletedWith);
  const provider = providerUrn(state);
  if (provider) urns.add(provider);
  return urns;
}

export class DependencyGraph {
  readonly states: ResourceState[];
  #index = new Map<ResourceState, number>();
  #byUrn = new Map<string, number[]>();
  #children = new Map<string, number[]>();

  constructor(states: ResourceState[]) {
    this.states = states;
    const add = (map: Map<string, number[]>, key: string, index: number) => {
      const list = map.get(key);
      if (list) list.push(index);
      else map.set(key, [index]);
    };
    states.forEach((state, index) => {
      this.#index.set(state, index);
      add(this.#byUrn, state.urn, index);
      if (state.parent) add(this.#children, state.parent, index);
    });
  }

  has(state: ResourceState): boolean {
    return this.#index.has(state);
  }

  /** Everything that depends on the state, directly or through others, in order. */
  dependents(root: ResourceState, ignored: (urn: string) => boolean, includeChildren: boolean): ResourceState[] {
    const reached = new Set([root.urn]);
    const start = this.#index.get(root) ?? -1;
    const result: ResourceState[] = [];
    for (const candidate of this.states.slice(start + 1)) {
      if (ignored(candidate.urn)) continue;
      const viaParent = includeChildren && reached.has(candidate.parent);
      if (!viaParent && ![...dependencyUrns(candidate)].some((urn) => reached.has(urn))) continue;
      result.push(candidate);
      reached.add(candidate.urn);
    }
    return result;
  }

  /** Everything that has to exist while the state does: dependencies, what a component among them contains, and the parent. */
  dependencies(state: ResourceState): Set<ResourceState> {
    const own = this.#index.get(state) ?? this.states.length;
    const result = new Set<ResourceState>();
    const before = (urn: string): number[] => (this.#byUrn.get(urn) ?? []).filter((index) => index < own);
    const addDescendants = (urn: string): void => {
      for (const index of this.#children.get(urn) ?? []) {
        const child = this.states[index]!;
        if (index >= own || result.has(child)) continue;
        result.add(child);
        addDescendants(child.urn);
      }
    };
    for (const urn of dependencyUrns(state)) {
      for (const index of before(urn)) {
        const dependency = this.states[index]!;
        result.add(dependency);
        if (!dependency.custom) addDescendants(urn);
      }
    }
    for (const index of before(state.parent)) result.add(this.states[index]!);
    return result;
  }
}
