import { mustBeOff, mustBeOn } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** AWS's default is a public endpoint: silence is broken here. */
export const eksEndpointPrivate = resourceRule({
  id: "eks-endpoint-private",
  family: "private-placement",
  severity: "high",
  what: "An EKS cluster's API endpoint is private and not public.",
  why: "A public API endpoint leaves one credential or one bug between the internet and the cluster.",
  mend: "Set vpcConfig.endpointPublicAccess to false and vpcConfig.endpointPrivateAccess to true.",
  frameworks: {
    cis: ["EKS 5.4.1", "EKS 5.4.2"],
    fsbp: ["EKS.1"],
    nist: ["AC-4", "SC-7"],
    pci: ["1.4.4"],
    checkov: ["CKV_AWS_39"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.eksCluster,
  check({ props }, report) {
    const vpc = props.at("vpcConfig");
    mustBeOff(report, vpc.at("endpointPublicAccess"), "the Kubernetes API answers on the internet", "broken");
    mustBeOn(report, vpc.at("endpointPrivateAccess"), "nodes reach the Kubernetes API only over the internet");
  },
});
