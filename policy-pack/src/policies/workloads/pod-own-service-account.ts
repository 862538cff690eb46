import { UNKNOWN } from "../../model/field.ts";
import { podSpec, podTypes } from "../../model/pods.ts";
import { resourceRule } from "../../rule.ts";

/** One account a workload is what IAM roles for pods hang on. */
export const podOwnServiceAccount = resourceRule({
  id: "pod-own-service-account",
  family: "workloads",
  severity: "medium",
  what: "A pod names a service account of its own, or mounts no token.",
  why: "The default account's token is in every pod: what it is once granted, all have.",
  mend: "Set serviceAccountName, or automountServiceAccountToken to false.",
  frameworks: { cis: ["K8S 5.1.5"], nist: ["AC-6"], pci: ["2.2.6"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: podTypes,
  check({ type, props }, report) {
    const pod = podSpec(type, props);
    const account = pod.at("serviceAccountName").text();
    const mounts = pod.at("automountServiceAccountToken").flag();
    if (mounts === false || (typeof account === "string" && account !== "" && account !== "default")) {
      return;
    }
    if (account === UNKNOWN || mounts === UNKNOWN || pod.isUnknown) {
      report.cannotTell(
        account === UNKNOWN ? pod.at("serviceAccountName") : pod.at("automountServiceAccountToken"),
        undefined,
        ["*"],
      );
    } else {
      report.broken(pod.at("serviceAccountName"), "is the default account, with its token mounted");
    }
  },
});
