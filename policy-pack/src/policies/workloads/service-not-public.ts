import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";

/** The proxies' load balancer belongs to Pulumi, and pods join it by TargetGroupBinding. */
export const serviceNotPublic = resourceRule({
  id: "service-not-public",
  family: "workloads",
  severity: "high",
  what: "A Kubernetes Service opens no load balancer to the internet.",
  why: "The controller makes one outside this program, with no listener policy, no logs and an open security group.",
  mend: "Use ClusterIP and a TargetGroupBinding, or annotate the load balancer as internal and name loadBalancerSourceRanges.",
  frameworks: { nist: ["AC-4", "SC-7"], pci: ["1.3.1"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: ["kubernetes:core/v1:Service", "kubernetes:core/v1:ServicePatch"],
  check({ props }, report) {
    const type = props.at("spec", "type").text();
    if (type === UNKNOWN) {
      report.cannotTell(props.at("spec", "type"));
    } else if (type === "NodePort") {
      report.broken(props.at("spec", "type"), "is NodePort, which opens a port on every node");
    } else if (type === "LoadBalancer") {
      const annotations = props.at("metadata", "annotations");
      const scheme = annotations.at("service.beta.kubernetes.io/aws-load-balancer-scheme").text();
      const internal = annotations.at("service.beta.kubernetes.io/aws-load-balancer-internal").text();
      if (scheme === UNKNOWN || internal === UNKNOWN || annotations.isUnknown) {
        report.cannotTell(annotations);
      } else if (scheme !== "internal" && internal !== "true") {
        report.broken(annotations, "do not say that the load balancer is internal");
      }
    }
  },
});
