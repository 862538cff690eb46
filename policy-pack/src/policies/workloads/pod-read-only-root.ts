import { mustBeOn } from "../../model/expect.ts";
import { containersOf, podSpec, podTypes } from "../../model/pods.ts";
import { resourceRule } from "../../rule.ts";

/** Volumes stay writable. */
export const podReadOnlyRoot = resourceRule({
  id: "pod-read-only-root",
  family: "workloads",
  severity: "medium",
  what: "Containers have a read-only root file system.",
  why: "An intruder cannot leave programs behind.",
  mend: "Set securityContext.readOnlyRootFilesystem to true and mount an emptyDir where the program writes.",
  frameworks: { cis: ["K8S 5.2.12"], nist: ["CM-5"], pci: ["2.2.6"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: podTypes,
  check({ type, props }, report) {
    const pod = podSpec(type, props);
    if (pod.isUnknown) {
      report.cannotTell(pod);
    }
    for (const container of containersOf(pod)) {
      mustBeOn(report, container.at("securityContext", "readOnlyRootFilesystem"), "programs can be left behind");
    }
  },
});
