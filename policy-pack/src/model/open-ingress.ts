import type { Report, ResourceUnderTest } from "../rule.ts";
import { isInternet } from "./cidr.ts";
import { UNKNOWN } from "./field.ts";
import { includesPort, type Ports } from "./ports.ts";
import { type GroupRule, groupRules, namesNobody } from "./security-group.ts";

/** Whether a rule's ports matter to the caller. */
export type PortTest = (ports: Ports) => boolean;

/** Any of these TCP ports, and UDP as well where `udp` says so. */
export function anyOfPorts(ports: readonly number[], protocols: readonly string[] = ["tcp"]): PortTest {
  return (candidate) => ports.some((port) => protocols.some((protocol) => includesPort(candidate, port, protocol)));
}

/**
 * Reports the rules of one direction that open matching ports to the internet: all rules, whatever stands before them; IPv6 as
 * IPv4; split ranges by their union over the whole resource.
 *
 * @param nobody whether a rule that names no source at all counts as open
 */
export function reportOpenRules(
  { type, props }: Pick<ResourceUnderTest, "type" | "props">,
  report: Report,
  direction: "ingress" | "egress",
  matches: PortTest,
  what: string,
  nobody: "open" | "closed" = "open",
): void {
  const rules = groupRules(type, props).filter((rule) => rule.direction === direction);
  const candidates = rules.filter((rule) => rule.ports === UNKNOWN || matches(rule.ports));
  const certain = candidates.filter((rule) => rule.ports !== UNKNOWN);
  const alone = certain.filter((rule) => isInternet(rule.ranges) || (nobody === "open" && namesNobody(rule)));
  for (const rule of alone) {
    report.broken(
      rule.field,
      namesNobody(rule)
        ? `${what} and names no ${direction === "ingress" ? "source" : "target"} at all`
        : `${what} ${towards(direction)} the internet`,
    );
  }
  if (alone.length === 0 && isInternet(certain.flatMap((rule) => rule.ranges))) {
    report.broken(
      certain[0]?.field ?? "",
      `${what} ${towards(direction)} the internet, in ranges that make it up together`,
    );
  }
  for (const rule of candidates.filter((candidate) => !alone.includes(candidate))) {
    reportOpenQuestions(rule, report);
  }
}

function towards(direction: "ingress" | "egress"): string {
  return direction === "ingress" ? "to" : "towards";
}

function reportOpenQuestions(rule: GroupRule, report: Report): void {
  if (rule.rangesOpen) {
    report.cannotTell(rule.field, "has ranges that are not known before `up`");
  } else if (rule.ports === UNKNOWN && (isInternet(rule.ranges) || namesNobody(rule))) {
    report.cannotTell(rule.field, "has ports that are not known before `up`");
  } else if (rule.ranges.length === 0 && rule.prefixLists.length === 0 && rule.self !== true) {
    const unknown = rule.groups.find((group) => group.isUnknown);
    if (rule.self === UNKNOWN && rule.groups.length === 0) {
      report.cannotTell(rule.field.at("self"));
    } else if (unknown !== undefined && rule.groups.every((group) => group.isUnknown)) {
      // An empty id would leave the rule without a source; one that comes from this stack is none.
      report.cannotTell(unknown, undefined, ["*"]);
    }
  }
}
