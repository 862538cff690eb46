import { mustBeOff } from "../../model/expect.ts";
import { containersOf, podSpec, podTypes } from "../../model/pods.ts";
import { resourceRule } from "../../rule.ts";

/** Main, init and ephemeral containers of every kind with a pod template. */
export const podNotPrivileged = resourceRule({
  id: "pod-not-privileged",
  family: "workloads",
  severity: "critical",
  what: "No container is privileged.",
  why: "A privileged container is root on the node, and through it on every pod there.",
  mend: "Remove securityContext.privileged.",
  frameworks: { cis: ["K8S 5.2.2"], nist: ["AC-6"], pci: ["2.2.6"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: podTypes,
  check({ type, props }, report) {
    const pod = podSpec(type, props);
    if (pod.isUnknown) {
      report.cannotTell(pod);
    }
    for (const container of containersOf(pod)) {
      mustBeOff(report, container.at("securityContext", "privileged"), "the container owns the node");
    }
  },
});
