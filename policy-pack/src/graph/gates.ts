import { UNKNOWN } from "../model/field.ts";
import { type AclEntry, aclEntries } from "../model/network-acl.ts";
import { groupRules } from "../model/security-group.ts";
import { isInternet, publicPart, type Range, subtract } from "../model/cidr.ts";
import { T } from "../tokens.ts";
import type { GraphNode } from "./graph.ts";
import { prefixListRanges } from "./routes.ts";
import type { References } from "./references.ts";

/** Whether something lets the internet in: no, yes, or not to be told before `up`. */
export type Openness = boolean | typeof UNKNOWN;

const groupPaths: readonly (readonly string[])[] = [
  ["vpcSecurityGroupIds"],
  ["securityGroups"],
  ["securityGroupIds"],
  ["networkConfiguration", "securityGroups"],
  ["vpcConfig", "securityGroupIds"],
];

/** The locks between a routed subnet and what stands in it: security groups and network ACLs, with their rules wherever they are. */
export class Gates {
  readonly #references: References;
  readonly #rulesOfGroup = new Map<string, GraphNode[]>();
  readonly #rulesOfAcl = new Map<string, GraphNode[]>();
  readonly #aclsOfSubnet = new Map<string, GraphNode[]>();
  readonly #openGroups = new Map<string, Openness>();
  readonly #openSubnets = new Map<string, Openness>();

  constructor(references: References) {
    this.#references = references;
    const { graph } = references;
    const carriers = [...T.securityGroupRule, ...T.securityGroupIngressRule];
    for (const rule of graph.ofType(...carriers)) {
      for (const group of references.resolve(rule, T.securityGroup, "securityGroupId").nodes) {
        push(this.#rulesOfGroup, group.urn, rule);
      }
    }
    for (const rule of graph.ofType(...T.networkAclRule)) {
      for (const acl of references.resolve(rule, T.networkAcl, "networkAclId").nodes) {
        push(this.#rulesOfAcl, acl.urn, rule);
      }
    }
    for (const acl of graph.ofType(...T.networkAcl)) {
      for (const subnet of references.resolve(acl, T.subnet, "subnetIds").nodes) {
        push(this.#aclsOfSubnet, subnet.urn, acl);
      }
    }
    for (const association of graph.ofType("aws:ec2/networkAclAssociation:NetworkAclAssociation")) {
      const acls = references.resolve(association, T.networkAcl, "networkAclId").nodes;
      for (const subnet of references.resolve(association, T.subnet, "subnetId").nodes) {
        for (const acl of acls) {
          push(this.#aclsOfSubnet, subnet.urn, acl);
        }
      }
    }
  }

  /** The security groups of a resource, through its launch template where it has one. */
  groupsOf(node: GraphNode): { groups: GraphNode[]; open: boolean } {
    const own = groupPaths
      .filter((path) => !node.inputs.at(...path).isUnset)
      .map((path) => this.#references.resolve(node, T.securityGroup, ...path));
    const interfaces = node.inputs
      .at("networkInterfaces")
      .items()
      .map((item) =>
        this.#references.resolveField(node, item.at("securityGroups"), T.securityGroup, "networkInterfaces"),
      );
    const templates = ["launchTemplate", "mixedInstancesPolicy"]
      .filter((property) => !node.inputs.at(property).isUnset)
      .flatMap((property) =>
        node.sources(property).filter(({ type }) => (T.launchTemplate as readonly string[]).includes(type)),
      )
      .map((template) => this.groupsOf(template));
    const found = [...own, ...interfaces].filter(
      (reference) =>
        reference.nodes.length > 0 || reference.open || reference.outside.length > 0 || reference.perhaps.length > 0,
    );
    return {
      groups: [
        ...found.flatMap(({ nodes, perhaps }) => [...nodes, ...perhaps]),
        ...templates.flatMap(({ groups }) => groups),
      ],
      open:
        found.some(({ open, outside }) => open || outside.length > 0) ||
        templates.some(({ open }) => open) ||
        (found.length === 0 && templates.length === 0),
    };
  }

  /** Whether a security group lets the internet in on any port. */
  groupOpen(group: GraphNode): Openness {
    return remember(this.#openGroups, group.urn, () => this.#judgeGroup(group));
  }

  #judgeGroup(group: GraphNode): Openness {
    let answer: Openness = false;
    for (const carrier of [group, ...(this.#rulesOfGroup.get(group.urn) ?? [])]) {
      for (const rule of groupRules(carrier.type, carrier.inputs).filter(({ direction }) => direction === "ingress")) {
        const listed = rule.prefixLists.flatMap((list) =>
          this.#references
            .resolveField(carrier, list, T.managedPrefixList, list.path.split(/[.[]/)[0] ?? "prefixListId")
            .nodes.flatMap((node) => prefixListRanges(node, this.#references)),
        );
        const ranges = [...rule.ranges, ...listed.filter((range): range is Range => range !== UNKNOWN)];
        if (isInternet(ranges)) {
          return true;
        }
        answer = rule.rangesOpen || listed.includes(UNKNOWN) ? UNKNOWN : answer;
      }
    }
    return answer;
  }

  /** Whether a subnet's network ACL lets the internet in on any port. The VPC's default ACL, which nobody manages here, does. */
  aclOpen(subnet: GraphNode): Openness {
    return remember(this.#openSubnets, subnet.urn, () => this.#judgeAcl(subnet));
  }

  #judgeAcl(subnet: GraphNode): Openness {
    const acls = this.#aclsOfSubnet.get(subnet.urn);
    if (acls === undefined) {
      return true;
    }
    let answer: Openness = false;
    for (const acl of acls) {
      const all = [acl, ...(this.#rulesOfAcl.get(acl.urn) ?? [])].flatMap((carrier) =>
        aclEntries(carrier.type, carrier.inputs),
      );
      if (letsInternetIn(all.filter((entry): entry is AclEntry => !("unknown" in entry)))) {
        return true;
      }
      answer = all.some((entry) => "unknown" in entry) ? UNKNOWN : answer;
    }
    return answer;
  }
}

/** Whether an allowing entry admits more of the internet than the denials of all ports before it take away. */
function letsInternetIn(entries: readonly AclEntry[]): boolean {
  let denied: Range[] = [];
  for (const entry of entries.filter(({ egress }) => !egress).sort((a, b) => a.number - b.number)) {
    if (entry.allows && isInternet(subtract(publicPart(entry.ranges), denied))) {
      return true;
    }
    if (!entry.allows && entry.ports.from <= 0 && entry.ports.to >= 65535 && entry.ports.protocol === "all") {
      denied = [...denied, ...entry.ranges];
    }
  }
  return false;
}

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const known = map.get(key);
  if (known === undefined) {
    map.set(key, [value]);
  } else {
    known.push(value);
  }
}

function remember(map: Map<string, Openness>, key: string, judge: () => Openness): Openness {
  const known = map.get(key);
  if (known !== undefined) {
    return known;
  }
  const answer = judge();
  map.set(key, answer);
  return answer;
}
