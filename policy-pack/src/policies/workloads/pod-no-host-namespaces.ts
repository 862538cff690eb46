import { mustBeOff, mustCount } from "../../model/expect.ts";
import { containersOf, podSpec, podTypes } from "../../model/pods.ts";
import { resourceRule } from "../../rule.ts";

/** A host port is a piece of the node's network. */
export const podNoHostNamespaces = resourceRule({
  id: "pod-no-host-namespaces",
  family: "workloads",
  severity: "critical",
  what: "No pod shares the node's network, processes or IPC.",
  why: "It sees, and can reach, what belongs to the node and to other pods, the metadata service included.",
  mend: "Remove hostNetwork, hostPID and hostIPC.",
  frameworks: { cis: ["K8S 5.2.3"], nist: ["AC-6"], pci: ["2.2.6"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: podTypes,
  check({ type, props }, report) {
    const pod = podSpec(type, props);
    if (pod.isUnknown) {
      report.cannotTell(pod);
    }
    for (const namespace of ["hostNetwork", "hostPID", "hostIPC"]) {
      mustBeOff(report, pod.at(namespace), "the pod shares it with the node");
    }
    for (const container of containersOf(pod)) {
      for (const port of container.at("ports").items()) {
        mustCount(report, port.at("hostPort"), (number) => number === 0, "is bound on the node", "fine");
      }
    }
  },
});
