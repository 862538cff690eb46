import { type Field } from "./field.ts";

const workloads: readonly (readonly [groups: readonly string[], kinds: readonly string[]])[] = [
  [
    ["apps/v1", "apps/v1beta1", "apps/v1beta2", "extensions/v1beta1"],
    ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"],
  ],
  [
    ["batch/v1", "batch/v1beta1"],
    ["Job", "CronJob"],
  ],
  [["core/v1"], ["Pod", "ReplicationController", "PodTemplate"]],
];

/** Every kind that has a pod template, in all API groups that it has been in, and as a patch. */
export const podTypes: readonly string[] = workloads.flatMap(([groups, kinds]) =>
  groups.flatMap((group) =>
    kinds.flatMap((kind) => [`kubernetes:${group}:${kind}`, `kubernetes:${group}:${kind}Patch`]),
  ),
);

/** The pod specification of a resource of one of `podTypes`. */
export function podSpec(type: string, props: Field): Field {
  const kind = (type.split(":").at(-1) ?? "").replace(/Patch$/, "");
  switch (kind) {
    case "Pod":
      return props.at("spec");
    case "PodTemplate":
      return props.at("template", "spec");
    case "CronJob":
      return props.at("spec", "jobTemplate", "spec", "template", "spec");
    default:
      return props.at("spec", "template", "spec");
  }
}

/** All containers of a pod: main, init and ephemeral ones. Each is as dangerous as the others. */
export function containersOf(pod: Field): Field[] {
  return ["containers", "initContainers", "ephemeralContainers"].flatMap((list) => pod.at(list).items());
}

/** A setting of a container, or the pod's where the container has none of its own. */
export function effective(pod: Field, container: Field, setting: string): Field {
  const own = container.at("securityContext", setting);
  return own.isUnset ? pod.at("securityContext", setting) : own;
}
