import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** None is on by default. */
export const eksControlPlaneLogs = resourceRule({
  id: "eks-control-plane-logs",
  family: "logging",
  severity: "medium",
  what: "An EKS cluster logs all five kinds of its control plane.",
  why: "Without the audit log nobody can say who did what in the cluster.",
  mend: "Set enabledClusterLogTypes to api, audit, authenticator, controllerManager and scheduler.",
  frameworks: {
    cis: ["EKS 2.1.1"],
    fsbp: ["EKS.8"],
    nist: ["AU-2", "AU-12"],
    pci: ["10.2.1"],
    hipaa: ["164.312(b)"],
    checkov: ["CKV_AWS_37"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.eksCluster,
  check({ props }, report) {
    const enabled = props.at("enabledClusterLogTypes").texts();
    const missing = ["api", "audit", "authenticator", "controllerManager", "scheduler"].filter(
      (kind) => !enabled.includes(kind),
    );
    if (missing.length > 0 && enabled.includes(UNKNOWN)) {
      report.cannotTell("enabledClusterLogTypes");
    } else if (missing.length > 0) {
      report.broken("enabledClusterLogTypes", `lacks ${missing.join(", ")}`);
    }
  },
});
