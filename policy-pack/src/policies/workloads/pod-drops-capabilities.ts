import { UNKNOWN } from "../../model/field.ts";
import { containersOf, podSpec, podTypes } from "../../model/pods.ts";
import { resourceRule } from "../../rule.ts";

/** A container starts with fourteen of them where nothing is said. */
export const podDropsCapabilities = resourceRule({
  id: "pod-drops-capabilities",
  family: "workloads",
  severity: "medium",
  what: "Containers drop all capabilities and add none but NET_BIND_SERVICE.",
  why: "Raw sockets, for instance, allow a pod to pose as others on the node.",
  mend: 'Set securityContext.capabilities.drop to ["ALL"].',
  frameworks: { cis: ["K8S 5.2.9"], nist: ["AC-6"], pci: ["2.2.6"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: podTypes,
  check({ type, props }, report) {
    const pod = podSpec(type, props);
    if (pod.isUnknown) {
      report.cannotTell(pod);
    }
    for (const container of containersOf(pod)) {
      const capabilities = container.at("securityContext", "capabilities");
      const drop = capabilities.at("drop").texts();
      if (!drop.some((name) => name !== UNKNOWN && name.toUpperCase() === "ALL")) {
        if (drop.includes(UNKNOWN)) {
          report.cannotTell(capabilities.at("drop"));
        } else {
          report.broken(capabilities.at("drop"), "does not name ALL");
        }
      }
      for (const added of capabilities.at("add").items()) {
        const name = added.text();
        if (name === UNKNOWN) {
          report.cannotTell(added);
        } else if (name !== undefined && name.toUpperCase() !== "NET_BIND_SERVICE") {
          report.broken(added, "adds a capability");
        }
      }
    }
  },
});
