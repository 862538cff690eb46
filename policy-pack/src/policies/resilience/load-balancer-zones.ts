import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Subnets of one load balancer are in different zones: AWS takes no two of one. */
export const loadBalancerZones = resourceRule({
  id: "load-balancer-zones",
  family: "resilience",
  severity: "high",
  what: "A load balancer stands in at least two zones.",
  why: "Losing its only zone loses the service.",
  mend: "Give subnets (or subnetMappings) in three zones.",
  frameworks: { fsbp: ["ELB.13", "ELB.10"], nist: ["CP-10", "SC-36"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.loadBalancer, ...T.classicLoadBalancer],
  check({ props }, report) {
    const lists = [props.at("subnets"), props.at("subnetMappings"), props.at("availabilityZones")];
    const places = lists.flatMap((list) => list.items());
    if (lists.some((list) => list.isUnknown)) {
      report.cannotTell(lists.find((list) => list.isUnknown) ?? "subnets", undefined, ["*"]);
    } else if (places.length === 1) {
      report.broken(places[0] ?? "subnets", "is the only place");
    }
  },
});
