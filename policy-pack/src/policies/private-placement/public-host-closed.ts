import { Gates } from "../../graph/gates.ts";
import { UNKNOWN } from "../../model/field.ts";
import { stackRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Elastic IPs are attached by resources of their own, which no rule about the machine sees. */
export const publicHostClosed = stackRule({
  id: "public-host-closed",
  family: "private-placement",
  severity: "critical",
  what: "No machine with a public address stands behind a security group that admits the internet.",
  why: "Address, route and rule together are an open door.",
  mend: "Remove the public address, or close the security group.",
  frameworks: { fsbp: ["EC2.9", "EC2.18"], nist: ["AC-4", "SC-7"], pci: ["1.4.4"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  check(graph, report) {
    const gates = new Gates(graph.references);
    const eips = graph.ofType(...T.eip, ...T.eipAssociation);
    const addressed = new Set(
      eips.flatMap((eip) =>
        ["instance", "instanceId", "networkInterface", "networkInterfaceId"].flatMap(
          (property) => graph.references.resolve(eip, [...T.instance, ...T.networkInterface], property).nodes,
        ),
      ),
    );
    for (const node of addressed) {
      const { groups, open } = gates.groupsOf(node);
      const answers = groups.map((group) => gates.groupOpen(group));
      if (answers.includes(true)) {
        report.broken("", "has an Elastic IP, and its security group admits the internet", node.urn);
      } else if (open || answers.includes(UNKNOWN)) {
        report.cannotTell(
          "",
          "has an Elastic IP, and security groups that are not known before `up`",
          undefined,
          node.urn,
        );
      }
    }
  },
});
