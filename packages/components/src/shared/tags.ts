/** Tags of a resource: keys and values as AWS takes them (at most 50 a resource, keys to 128 and values to 256 characters). */
export type Tags = Record<string, string>;

/**
 * What every taggable resource of this library carries, beside its `Name`: the cost allocation keys of the source
 * documents (`Project`, `Environment`, `ManagedBy`) and the component that made it.
 *
 * `ManagedBy` is `pulumi`; the documents say `terraform`, which is what they would have used.
 *
 * @param component the component's name, such as `hot-tier`
 * @param tags the caller's tags; they win over the defaults, except `ManagedBy`
 */
export function baseTags(component: string, tags: Tags | undefined): Tags {
  return { Project: "mrgc", Environment: "production", Component: component, ...tags, ManagedBy: "pulumi" };
}

/** The tags of one named resource. */
export function named(name: string, tags: Tags): Tags {
  return { Name: name, ...tags };
}
