import { mustBeGiven } from "../../model/expect.ts";
import type { Field } from "../../model/field.ts";
import { containersOf, podSpec, podTypes } from "../../model/pods.ts";
import { resourceRule } from "../../rule.ts";

/** A CPU limit is left out on purpose: it slows a pod down while the node idles. */
export const podResources = resourceRule({
  id: "pod-resources",
  family: "workloads",
  severity: "medium",
  what: "Containers say what CPU and memory they need, and limit their memory.",
  why: "One pod without limits takes the node, and the scheduler cannot place what it cannot count.",
  mend: "Set resources.requests.cpu, resources.requests.memory and resources.limits.memory.",
  frameworks: { nist: ["SC-5", "SC-6"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: podTypes,
  check({ type, props }, report) {
    const pod = podSpec(type, props);
    if (pod.isUnknown) {
      report.cannotTell(pod);
    }
    for (const container of containersOf(pod)) {
      if (ephemeral(container)) {
        continue;
      }
      for (const [kind, resource] of [
        ["requests", "cpu"],
        ["requests", "memory"],
        ["limits", "memory"],
      ] as const) {
        mustBeGiven(report, container.at("resources", kind, resource), "is not set", ["*"]);
      }
    }
  },
});

/** Ephemeral containers cannot have resources. */
function ephemeral(container: Field): boolean {
  return container.path.includes("ephemeralContainers");
}
