import { mustBeOn } from "../../model/expect.ts";
import { UNKNOWN } from "../../model/field.ts";
import { containersOf, effective, podSpec, podTypes } from "../../model/pods.ts";
import { resourceRule } from "../../rule.ts";

/** The container's own setting wins over the pod's. */
export const podNonRoot = resourceRule({
  id: "pod-non-root",
  family: "workloads",
  severity: "high",
  what: "Containers run as a user that is not root.",
  why: "Root inside is root outside as soon as one kernel bug is found.",
  mend: "Set securityContext.runAsNonRoot to true, or runAsUser to a number above 0, on the pod or container.",
  frameworks: { cis: ["K8S 5.2.7"], nist: ["AC-6"], pci: ["2.2.6"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: podTypes,
  check({ type, props }, report) {
    const pod = podSpec(type, props);
    if (pod.isUnknown) {
      report.cannotTell(pod);
    }
    for (const container of containersOf(pod)) {
      const user = effective(pod, container, "runAsUser");
      const number = user.number();
      if (number === 0) {
        report.broken(user, "is 0, which is root");
      } else if (number === UNKNOWN) {
        report.cannotTell(user);
      } else if (number === undefined) {
        mustBeOn(report, effective(pod, container, "runAsNonRoot"), "the image decides, and most images are root");
      }
    }
  },
});
