import { reportSecretVariable } from "../../model/secrets.ts";
import { containersOf, podSpec, podTypes } from "../../model/pods.ts";
import { resourceRule } from "../../rule.ts";

/** By the shape of the value, and by the name of the variable. */
export const podNoSecretsInEnv = resourceRule({
  id: "pod-no-secrets-in-env",
  family: "workloads",
  severity: "critical",
  what: "No container gets a credential as a plain variable.",
  why: "Everybody who may read pods reads it, and so do crash reports.",
  mend: "Use valueFrom.secretKeyRef, or fetch it at start with the pod's role.",
  frameworks: { cis: ["K8S 5.4.1"], nist: ["IA-5", "SC-28"], pci: ["8.6.2"], hipaa: ["164.312(a)(2)(iv)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: podTypes,
  check({ type, props }, report) {
    const pod = podSpec(type, props);
    if (pod.isUnknown) {
      report.cannotTell(pod);
    }
    for (const container of containersOf(pod)) {
      for (const variable of container.at("env").items()) {
        reportSecretVariable(variable.at("name").text(), variable.at("value"), report);
      }
    }
  },
});
