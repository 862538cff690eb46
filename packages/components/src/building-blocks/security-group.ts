import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { named, type Tags } from "../shared/tags.ts";

/** One rule of a security group: who on the other side, which ports, and why. */
export interface RuleSpec {
  /** What the traffic is, as shown beside the rule. */
  description: string;
  /** `tcp` unless said; `-1` is everything and takes no ports. */
  protocol?: "tcp" | "udp" | "-1";
  fromPort?: number;
  /** `fromPort` unless said. */
  toPort?: number;
  /** The other side: exactly one of a security group, an IPv4 range and a prefix list. */
  peer:
    | { securityGroupId: pulumi.Input<string> }
    | { cidrIpv4: pulumi.Input<string> }
    | { prefixListId: pulumi.Input<string> };
}

/** A security group and its rules by key. A key is part of the rule's logical name: it must not change. */
export interface SecurityGroupSpec {
  description: string;
  vpcId: pulumi.Input<string>;
  ingress: Record<string, RuleSpec>;
  egress: Record<string, RuleSpec>;
  /** Region, where it is not the provider's; the rules follow. */
  region?: string;
  tags: Tags;
}

/** A security group without inline rules, and a resource for each rule, so that the graph at preview is exact. */
export function securityGroup(name: string, spec: SecurityGroupSpec, parent: pulumi.Resource): aws.ec2.SecurityGroup {
  const group = new aws.ec2.SecurityGroup(
    name,
    { description: spec.description, vpcId: spec.vpcId, region: spec.region, tags: named(name, spec.tags) },
    { parent },
  );
  for (const [key, rule] of Object.entries(spec.ingress)) {
    ingressRule(`${name}-in-${key}`, group, rule, spec.tags, spec.region);
  }
  for (const [key, rule] of Object.entries(spec.egress)) {
    egressRule(`${name}-out-${key}`, group, rule, spec.tags, spec.region);
  }
  return group;
}

/** Admits traffic into a group; for rules between two groups that need each other's id. */
export function ingressRule(
  name: string,
  group: aws.ec2.SecurityGroup,
  rule: RuleSpec,
  tags: Tags,
  region?: string,
): aws.vpc.SecurityGroupIngressRule {
  return new aws.vpc.SecurityGroupIngressRule(name, ruleArgs(name, group, rule, tags, region), { parent: group });
}

/** Admits traffic out of a group; for rules between two groups that need each other's id. */
export function egressRule(
  name: string,
  group: aws.ec2.SecurityGroup,
  rule: RuleSpec,
  tags: Tags,
  region?: string,
): aws.vpc.SecurityGroupEgressRule {
  return new aws.vpc.SecurityGroupEgressRule(name, ruleArgs(name, group, rule, tags, region), { parent: group });
}

function ruleArgs(
  name: string,
  group: aws.ec2.SecurityGroup,
  rule: RuleSpec,
  tags: Tags,
  region?: string,
): aws.vpc.SecurityGroupIngressRuleArgs {
  const protocol = rule.protocol ?? "tcp";
  return {
    securityGroupId: group.id,
    region,
    description: rule.description,
    ipProtocol: protocol,
    ...(protocol === "-1" ? {} : { fromPort: rule.fromPort, toPort: rule.toPort ?? rule.fromPort }),
    ...("securityGroupId" in rule.peer ? { referencedSecurityGroupId: rule.peer.securityGroupId } : rule.peer),
    tags: named(name, tags),
  };
}
