import { podSpec, podTypes } from "../../model/pods.ts";
import { resourceRule } from "../../rule.ts";

/** Whatever the path, and read-only as well. */
export const podNoHostPath = resourceRule({
  id: "pod-no-host-path",
  family: "workloads",
  severity: "high",
  what: "No pod mounts a directory of its node.",
  why: "The container runtime's socket or the kubelet's credentials are one mount away.",
  mend: "Use emptyDir, configMap, secret or a persistent volume.",
  frameworks: { cis: ["K8S 5.2.11"], nist: ["AC-6"], pci: ["2.2.6"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: podTypes,
  check({ type, props }, report) {
    const pod = podSpec(type, props);
    if (pod.isUnknown) {
      report.cannotTell(pod);
    }
    for (const volume of pod.at("volumes").items()) {
      if (volume.isUnknown) {
        report.cannotTell(volume);
      } else if (!volume.at("hostPath").isUnset) {
        report.broken(volume.at("hostPath"), "mounts a directory of the node");
      }
    }
  },
});
