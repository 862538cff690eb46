import { mustBeOn } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Tenants' endpoints hang on it. */
export const loadBalancerDeletionProtection = resourceRule({
  id: "load-balancer-deletion-protection",
  family: "deletion",
  severity: "medium",
  what: "A load balancer is protected against deletion.",
  why: "Its address and its endpoint service cannot be had back.",
  mend: "Set enableDeletionProtection to true.",
  frameworks: { fsbp: ["ELB.6"], nist: ["CM-3", "SC-5"], checkov: ["CKV_AWS_150"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.loadBalancer,
  check({ props }, report) {
    mustBeOn(report, props.at("enableDeletionProtection"), "a wrong preview deletes it");
  },
});
