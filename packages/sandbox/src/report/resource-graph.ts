/** Who belongs to whom, and who refers to whom: by ID where IDs are known, by dependency in a preview of something new. */
import { rootStackType } from "../engine/urn.ts";
import type { SourceResource } from "./source.ts";

export class ResourceGraph {
  readonly resources: SourceResource[];
  readonly #byUrn: Map<string, SourceResource>;
  readonly #byIdentity = new Map<string, SourceResource>();
  readonly #components = new Map<string, SourceResource | undefined>();

  constructor(resources: SourceResource[]) {
    this.resources = resources;
    this.#byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    for (const resource of resources) {
      for (const identity of [resource.id, resource.values.arn, resource.values.name])
        if (typeof identity === "string" && identity !== "")
          this.#byIdentity.set(`${resource.type} ${identity}`, resource);
    }
  }

  ofType(...types: string[]): SourceResource[] {
    return this.resources.filter(({ type }) => types.includes(type));
  }

  parentOf(resource: SourceResource): SourceResource | undefined {
    return this.#byUrn.get(resource.parent);
  }

  /** The outermost component around a resource; the resource itself when it is one. */
  componentOf(resource: SourceResource): SourceResource | undefined {
    const seen = new Set<string>();
    let outermost: SourceResource | undefined;
    for (let at: SourceResource | undefined = resource; at && !seen.has(at.urn); at = this.#byUrn.get(at.parent)) {
      seen.add(at.urn);
      const known = this.#components.get(at.urn);
      if (known) {
        outermost = known;
        break;
      }
      if (at.type !== rootStackType && (at.component ?? isComponentType(at.type))) outermost = at;
    }
    this.#components.set(resource.urn, outermost);
    return outermost;
  }

  /** Resources of the given types whose ID, ARN or name stands in a property, however deep. */
  named(
    resource: SourceResource,
    key: string,
    types: string[],
    value: unknown = resource.values[key],
  ): SourceResource[] {
    const found = new Set<SourceResource>();
    for (const text of textsIn(value)) {
      for (const type of types) {
        const target = this.#byIdentity.get(`${type} ${text}`);
        if (target) found.add(target);
      }
    }
    return [...found];
  }

  /**
   * As `named`; while that is nobody, those that the property depends on.
   * @param value what stands there, when it is deeper than the property
   */
  refs(
    resource: SourceResource,
    key: string,
    types: string[],
    value: unknown = resource.values[key],
  ): SourceResource[] {
    const found = this.named(resource, key, types, value);
    if (found.length > 0) return found;
    return (resource.propertyDependencies[key] ?? [])
      .map((urn) => this.#byUrn.get(urn))
      .filter((target): target is SourceResource => target !== undefined && types.includes(target.type));
  }
}

/** For sources that do not say it: components name themselves `package:module:Type`, without the slash of most other resources. */
export const isComponentType = (type: string): boolean =>
  /^[\w-]+:[\w-]+:[A-Z]\w*$/.test(type) && !/^(pulumi|aws|kubernetes|gcp|random|tls):/.test(type);

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(textsIn);
  return [];
}

export const text = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

export const records = (value: unknown): Record<string, unknown>[] =>
  (Array.isArray(value) ? value : value === undefined ? [] : [value]).filter(
    (item): item is Record<string, unknown> => typeof item === "object" && item !== null && !Array.isArray(item),
  );
