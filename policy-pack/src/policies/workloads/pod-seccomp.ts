import { mustMatch } from "../../model/expect.ts";
import { containersOf, effective, podSpec, podTypes } from "../../model/pods.ts";
import { resourceRule } from "../../rule.ts";

/** EKS does not set one by default. */
export const podSeccomp = resourceRule({
  id: "pod-seccomp",
  family: "workloads",
  severity: "medium",
  what: "Pods run under a seccomp profile.",
  why: "Most kernel bugs are reached by system calls that no service needs.",
  mend: "Set securityContext.seccompProfile.type to RuntimeDefault.",
  frameworks: { cis: ["K8S 5.7.2"], nist: ["SC-39"], pci: ["2.2.6"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: podTypes,
  check({ type, props }, report) {
    const pod = podSpec(type, props);
    if (pod.isUnknown) {
      report.cannotTell(pod);
    }
    for (const container of containersOf(pod)) {
      mustMatch(
        report,
        effective(pod, container, "seccompProfile").at("type"),
        (name) => name !== "Unconfined",
        "leaves every system call open",
      );
    }
  },
});
