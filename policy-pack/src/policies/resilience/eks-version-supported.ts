import { mustMatch } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Dates of endoflife.date, 2026-08-22: the extended support of 1.31 ends on 2026-11-26, so 1.32 is the oldest. */
export const eksVersionSupported = resourceRule({
  id: "eks-version-supported",
  family: "resilience",
  severity: "medium",
  what: "An EKS cluster runs a Kubernetes version that AWS supports.",
  why: "Versions without support get no fixes, and AWS upgrades them on a day of its own choice.",
  mend: "Set version to a supported one.",
  frameworks: { fsbp: ["EKS.2"], nist: ["SI-2"], pci: ["6.3.3"], checkov: ["CKV_AWS_339"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  config: {
    properties: {
      oldest: {
        type: "string",
        pattern: "^1\\.\\d+$",
        default: "1.32",
        description: "Oldest version that AWS still supports.",
      },
    },
  },
  types: T.eksCluster,
  check({ props }, report, config) {
    const [, least = 0] = String(config["oldest"]).split(".").map(Number);
    mustMatch(
      report,
      props.at("version"),
      (version) => {
        const [major = 0, minor = 0] = version.split(".").map(Number);
        return major > 1 || (major === 1 && minor >= least);
      },
      "is out of support",
      "fine",
    );
  },
});
