import { mustBeOff } from "../../model/expect.ts";
import { containersOf, podSpec, podTypes } from "../../model/pods.ts";
import { resourceRule } from "../../rule.ts";

/** Kubernetes allows it where nothing is said. */
export const podNoEscalation = resourceRule({
  id: "pod-no-escalation",
  family: "workloads",
  severity: "high",
  what: "No container may gain privileges that it did not start with.",
  why: "A set-user-id program in the image is enough to become root.",
  mend: "Set securityContext.allowPrivilegeEscalation to false.",
  frameworks: { cis: ["K8S 5.2.6"], nist: ["AC-6"], pci: ["2.2.6"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: podTypes,
  check({ type, props }, report) {
    const pod = podSpec(type, props);
    if (pod.isUnknown) {
      report.cannotTell(pod);
    }
    for (const container of containersOf(pod)) {
      mustBeOff(
        report,
        container.at("securityContext", "allowPrivilegeEscalation"),
        "a program in the image can become root",
        "broken",
      );
    }
  },
});
