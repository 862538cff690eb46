import { isInternet, parseCidr } from "../../model/cidr.ts";
import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** For clusters that have a public endpoint in spite of `eks-endpoint-private`. */
export const eksPublicAccessLimited = resourceRule({
  id: "eks-public-access-limited",
  family: "exposure",
  severity: "critical",
  what: "An EKS endpoint that is public answers to named ranges, never to the whole internet.",
  why: "The default is 0.0.0.0/0: everybody may try credentials and bugs on the API server.",
  mend: "Set vpcConfig.endpointPublicAccess to false, or publicAccessCidrs to your own ranges.",
  frameworks: { cis: ["EKS 5.4.1"], fsbp: ["EKS.1"], nist: ["AC-4", "SC-7"], pci: ["1.3.1"], checkov: ["CKV_AWS_38"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.eksCluster,
  check({ props }, report) {
    const vpc = props.at("vpcConfig");
    const isPublic = vpc.at("endpointPublicAccess").flag();
    if (isPublic === false) {
      return;
    }
    const cidrs = vpc.at("publicAccessCidrs");
    const texts = cidrs.texts();
    const ranges = texts.flatMap((text) => (text === UNKNOWN ? [] : (parseCidr(text) ?? [])));
    if (isInternet(ranges) || (texts.length === 0 && isPublic !== UNKNOWN)) {
      report.broken(cidrs, texts.length === 0 ? "is not set, so everybody may knock" : "lets the internet in");
    } else if (isPublic === UNKNOWN || texts.includes(UNKNOWN)) {
      report.cannotTell(isPublic === UNKNOWN ? vpc.at("endpointPublicAccess") : cidrs);
    }
  },
});
