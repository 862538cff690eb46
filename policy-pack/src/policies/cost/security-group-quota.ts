import type { GraphNode } from "../../graph/graph.ts";
import { groupRules, ruleCarriers } from "../../model/security-group.ts";
import { stackRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Every range, group and list of a rule counts. Quota L-0EA8095F, 60 by default. */
export const securityGroupQuota = stackRule({
  id: "security-group-quota",
  family: "cost",
  severity: "medium",
  what: "No security group has more rules than AWS allows.",
  why: "The apply stops half way, at the rule that is one too many.",
  mend: "Name a prefix list or a security group instead of single ranges, or have the quota raised and set `rules`.",
  frameworks: { nist: ["SC-5", "CM-2"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  config: {
    properties: {
      rules: {
        type: "integer",
        minimum: 1,
        default: 60,
        description: "Rules a group and direction that the account's quota allows.",
      },
    },
  },
  check(graph, report, config) {
    const most = Number(config["rules"]);
    const counts = new Map<GraphNode, { ingress: number; egress: number }>();
    for (const carrier of graph.ofType(...ruleCarriers)) {
      const isGroup = (T.securityGroup as readonly string[]).includes(carrier.type);
      const groups = isGroup ? [carrier] : graph.references.resolve(carrier, T.securityGroup, "securityGroupId").nodes;
      for (const rule of groupRules(carrier.type, carrier.inputs)) {
        const entries = Math.max(
          1,
          rule.ranges.length + rule.groups.length + rule.prefixLists.length + (rule.self === true ? 1 : 0),
        );
        for (const group of groups) {
          const count = counts.get(group) ?? { ingress: 0, egress: 0 };
          count[rule.direction] += entries;
          counts.set(group, count);
        }
      }
    }
    for (const [group, count] of counts) {
      for (const direction of ["ingress", "egress"] as const) {
        if (count[direction] > most) {
          report.broken(direction, `has ${count[direction]} entries, and AWS allows ${most}`, group.urn);
        }
      }
    }
  },
});
