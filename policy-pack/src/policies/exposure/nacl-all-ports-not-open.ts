import { aclEntries } from "../../model/network-acl.ts";
import { isEveryPort } from "../../model/ports.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** A network ACL that lets every port in locks nothing. */
export const naclAllPortsNotOpen = resourceRule({
  id: "nacl-all-ports-not-open",
  family: "exposure",
  severity: "medium",
  what: "No network ACL rule lets all ports in.",
  why: "The network ACL is the second lock, for the day on which a security group is wrong.",
  mend: "Allow the served ports and the ephemeral ones (1024-65535) of answers, by rules of their own.",
  frameworks: { cis: ["5.1"], fsbp: ["EC2.21"], nist: ["AC-4", "SC-7"], checkov: ["CKV_AWS_352"] },
  presets: ["strict"],
  types: T.networkAclRule,
  check({ type, props }, report) {
    for (const entry of aclEntries(type, props)) {
      if ("unknown" in entry) {
        report.cannotTell(entry.field, "has a part that is not known before `up`");
      } else if (!entry.egress && entry.allows && isEveryPort(entry.ports)) {
        report.broken(entry.field, "lets all ports in");
      }
    }
  },
});
