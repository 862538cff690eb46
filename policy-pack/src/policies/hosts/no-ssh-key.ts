import { machinesOf } from "../../model/machines.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Remote access of a node group without source groups opens port 22 to 0.0.0.0/0. */
export const noSshKey = resourceRule({
  id: "no-ssh-key",
  family: "hosts",
  severity: "high",
  what: "Machines have no SSH key, and node groups no remote access.",
  why: "A key pair is a password that nobody rotates, for a port that should not be open.",
  mend: "Leave keyName and remoteAccess out and use SSM Session Manager.",
  frameworks: { cis: ["EKS 5.4.4"], nist: ["AC-17", "IA-5"], pci: ["8.3.1"], checkov: ["CKV_AWS_100"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.instance, ...T.launchTemplate, ...T.launchConfiguration, ...T.spotFleet, ...T.eksNodeGroup],
  check({ type, props }, report) {
    const isNodeGroup = (T.eksNodeGroup as readonly string[]).includes(type);
    if (isNodeGroup && props.at("remoteAccess", "sourceSecurityGroupIds").items().length > 0) {
      return;
    }
    for (const machine of machinesOf(type, props)) {
      const key = isNodeGroup ? machine.at("remoteAccess", "ec2SshKey") : machine.at("keyName");
      if (key.isUnknown) {
        report.cannotTell(key);
      } else if (!key.isUnset) {
        report.broken(key, isNodeGroup ? "opens SSH on every node to the world" : "gives SSH access");
      }
    }
  },
});
