import { podSpec, podTypes } from "../../model/pods.ts";
import { resourceRule } from "../../rule.ts";

/** Jobs end by themselves and need none. */
export const podProbes = resourceRule({
  id: "pod-probes",
  family: "workloads",
  severity: "low",
  what: "Long-running containers have a readiness probe.",
  why: "Traffic is sent to pods that are not ready, at every rollout.",
  mend: "Set readinessProbe.",
  frameworks: { nist: ["CP-10", "SI-13"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: podTypes.filter((type) => /:(Deployment|StatefulSet|DaemonSet)(Patch)?$/.test(type)),
  check({ type, props }, report) {
    const pod = podSpec(type, props);
    if (pod.isUnknown) {
      report.cannotTell(pod);
    }
    for (const container of pod.at("containers").items()) {
      const probe = container.at("readinessProbe");
      if (probe.isUnknown) {
        report.cannotTell(probe);
      } else if (probe.isUnset) {
        report.broken(probe, "is not set");
      }
    }
  },
});
