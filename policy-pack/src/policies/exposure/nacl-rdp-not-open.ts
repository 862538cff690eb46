import { reportOpenAcl } from "../../model/network-acl.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Entries count by number: a denial before the opening entry closes it, one behind it does not. */
export const naclRdpNotOpen = resourceRule({
  id: "nacl-rdp-not-open",
  family: "exposure",
  severity: "high",
  what: "No network ACL lets remote desktop (3389) in from the internet.",
  why: "The network ACL is the second lock, for the day on which a security group is wrong.",
  mend: "Deny the port with a lower rule number, or allow named ranges only.",
  frameworks: { cis: ["5.1"], fsbp: ["EC2.21"], nist: ["AC-4", "SC-7"], pci: ["1.3.1"], checkov: ["CKV_AWS_231"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.networkAcl, ...T.networkAclRule],
  check(resource, report) {
    reportOpenAcl(resource, report, [3389], "remote desktop");
  },
});
