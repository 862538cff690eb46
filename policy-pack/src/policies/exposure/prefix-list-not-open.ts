import { prefixListRanges } from "../../graph/routes.ts";
import { isInternet, type Range } from "../../model/cidr.ts";
import { UNKNOWN } from "../../model/field.ts";
import { groupRules, ruleCarriers } from "../../model/security-group.ts";
import { stackRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Lists of this stack, with their entries inline or as resources; AWS's own are not the internet. */
export const prefixListNotOpen = stackRule({
  id: "prefix-list-not-open",
  family: "exposure",
  severity: "high",
  what: "No security group rule admits the internet by way of a prefix list.",
  why: "A list hides its ranges from whoever reads the rule, and changes without it.",
  mend: "Take 0.0.0.0/0, ::/0 and ranges that make them up out of the list.",
  frameworks: { nist: ["AC-4", "SC-7"], pci: ["1.3.1"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  check(graph, report) {
    const lists = new Map(
      graph.ofType(...T.managedPrefixList).map((list) => [list.urn, prefixListRanges(list, graph.references)]),
    );
    for (const carrier of lists.size === 0 ? [] : graph.ofType(...ruleCarriers)) {
      for (const rule of groupRules(carrier.type, carrier.inputs).filter(
        ({ direction, prefixLists }) => direction === "ingress" && prefixLists.length > 0,
      )) {
        const property = rule.field.path.split(/[.[]/)[0];
        const named = rule.prefixLists.flatMap(
          (list) =>
            graph.references.resolveField(
              carrier,
              list,
              T.managedPrefixList,
              property === "" || property === undefined ? "prefixListId" : property,
            ).nodes,
        );
        const ranges = [...new Set(named)].flatMap((list) => lists.get(list.urn) ?? []);
        if (isInternet(ranges.filter((range): range is Range => range !== UNKNOWN))) {
          report.broken(rule.field, "admits the internet by way of a prefix list", carrier.urn);
        } else if (ranges.includes(UNKNOWN)) {
          report.cannotTell(
            rule.field,
            "names a prefix list whose ranges are not known before `up`",
            undefined,
            carrier.urn,
          );
        }
      }
    }
  },
});
