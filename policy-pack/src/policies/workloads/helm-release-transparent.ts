import { resourceRule } from "../../rule.ts";

/** The rule holds for what it can see; here it can see nothing. */
export const helmReleaseTransparent = resourceRule({
  id: "helm-release-transparent",
  family: "workloads",
  severity: "high",
  what: "Helm charts are rendered by the program (helm.v4.Chart), and not left to Helm on the cluster.",
  why: "A Release hides its objects: no rule sees the pods in it.",
  mend: "Use kubernetes.helm.v4.Chart, which registers every object, or suppress the rule for a chart that somebody has read.",
  frameworks: { nist: ["CM-2", "CM-7"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: ["kubernetes:helm.sh/v3:Release"],
  check(_resource, report) {
    report.broken("", "hides its objects from every rule");
  },
});
