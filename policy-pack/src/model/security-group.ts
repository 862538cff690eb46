import { T } from "../tokens.ts";
import { parseCidr, type Range } from "./cidr.ts";
import { type Field, UNKNOWN } from "./field.ts";
import { type Ports, portsOf } from "./ports.ts";

/** One rule of a security group, however it was written. */
export interface GroupRule {
  /** Where it stands on its resource; empty for a rule that is a resource. */
  readonly field: Field;
  readonly direction: "ingress" | "egress";
  readonly ports: Ports | typeof UNKNOWN;
  /** Ranges that are known. */
  readonly ranges: readonly Range[];
  /** Whether some ranges are not known yet. */
  readonly rangesOpen: boolean;
  /** Security groups that it names, the group itself included. */
  readonly groups: readonly Field[];
  readonly self: boolean | typeof UNKNOWN | undefined;
  readonly prefixLists: readonly Field[];
}

/** Types that carry security group rules. */
export const ruleCarriers = [
  ...T.securityGroup,
  ...T.securityGroupRule,
  ...T.securityGroupIngressRule,
  ...T.securityGroupEgressRule,
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
].filter((type, index, all) => all.indexOf(type) === index);

/** The rules that a resource of one of `ruleCarriers` holds. */
export function groupRules(type: string, props: Field): GroupRule[] {
  if ((T.securityGroup as readonly string[]).includes(type)) {
    return [
      ...props
        .at("ingress")
        .items()
        .map((item) => inlineRule(item, "ingress")),
      ...props
        .at("egress")
        .items()
        .map((item) => inlineRule(item, "egress")),
    ];
  }
  if ((T.securityGroupRule as readonly string[]).includes(type)) {
    const direction = props.at("type").text();
    if (direction === UNKNOWN) {
      return [inlineRule(props, "ingress"), inlineRule(props, "egress")];
    }
    return [inlineRule(props, direction === "egress" ? "egress" : "ingress")];
  }
  return [separateRule(props, (T.securityGroupEgressRule as readonly string[]).includes(type) ? "egress" : "ingress")];
}

function inlineRule(field: Field, direction: "ingress" | "egress"): GroupRule {
  return {
    field,
    direction,
    ports: portsOf(field.at("protocol"), field.at("fromPort"), field.at("toPort")),
    ...readRanges([...field.at("cidrBlocks").items(), ...field.at("ipv6CidrBlocks").items()]),
    groups: [...field.at("securityGroups").items(), ...field.at("sourceSecurityGroupId").items()],
    self: field.at("self").flag(),
    prefixLists: field.at("prefixListIds").items(),
  };
}

function separateRule(field: Field, direction: "ingress" | "egress"): GroupRule {
  return {
    field,
    direction,
    ports: portsOf(field.at("ipProtocol"), field.at("fromPort"), field.at("toPort")),
    ...readRanges([...field.at("cidrIpv4").items(), ...field.at("cidrIpv6").items()]),
    groups: field.at("referencedSecurityGroupId").items(),
    self: undefined,
    prefixLists: field.at("prefixListId").items(),
  };
}

function readRanges(fields: readonly Field[]): { ranges: Range[]; rangesOpen: boolean } {
  const texts = fields.map((field) => field.text());
  const ranges = texts.map((text) => (text === UNKNOWN || text === undefined ? undefined : parseCidr(text)));
  return {
    ranges: ranges.filter((range) => range !== undefined),
    rangesOpen: texts.includes(UNKNOWN),
  };
}

/** Whether the rule names nobody at all. EC2 refuses such a rule, and some tools read it as "anybody". */
export function namesNobody(rule: GroupRule): boolean {
  return (
    rule.ranges.length === 0 &&
    !rule.rangesOpen &&
    rule.groups.length === 0 &&
    rule.self !== true &&
    rule.self !== UNKNOWN &&
    rule.prefixLists.length === 0
  );
}
