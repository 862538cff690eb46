import { mustMatch } from "../../model/expect.ts";
import { podTypes } from "../../model/pods.ts";
import { resourceRule } from "../../rule.ts";

/** Namespaces that come from this stack are known only at `up`. */
export const podNotInDefaultNamespace = resourceRule({
  id: "pod-not-in-default-namespace",
  family: "workloads",
  severity: "low",
  what: "Workloads live in a namespace of their own, not in default.",
  why: "Network policies, quotas and roles are a namespace's.",
  mend: "Set metadata.namespace.",
  frameworks: { cis: ["K8S 5.7.4"], nist: ["AC-4"], pci: ["2.2.6"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: podTypes,
  check({ props }, report) {
    const namespace = props.at("metadata", "namespace");
    if (namespace.isUnknown) {
      report.cannotTell(namespace, undefined, ["kubernetes:core/v1:Namespace"]);
    } else {
      mustMatch(report, namespace, (name) => name !== "default", "is default");
    }
  },
});
