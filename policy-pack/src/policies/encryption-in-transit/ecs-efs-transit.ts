import { mustMatch } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Off by default. */
export const ecsEfsTransit = resourceRule({
  id: "ecs-efs-transit",
  family: "encryption-in-transit",
  severity: "high",
  what: "An ECS volume on EFS is encrypted in transit.",
  why: "Files cross the network in the clear.",
  mend: "Set efsVolumeConfiguration.transitEncryption to ENABLED.",
  frameworks: { nist: ["SC-8"], pci: ["4.2.1"], hipaa: ["164.312(e)(1)"], checkov: ["CKV_AWS_97"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.ecsTaskDefinition,
  check({ props }, report) {
    for (const volume of props.at("volumes").items()) {
      const efs = volume.at("efsVolumeConfiguration");
      if (!efs.isUnset) {
        mustMatch(
          report,
          efs.at("transitEncryption"),
          (mode) => mode === "ENABLED",
          "leaves files in the clear on the network",
        );
      }
    }
  },
});
