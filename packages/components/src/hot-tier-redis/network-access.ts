import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { egressRule, ingressRule, securityGroup, type RuleSpec } from "../building-blocks/security-group.ts";
import type { Tags } from "../shared/tags.ts";
import type { HotTierRedisArgs } from "./args.ts";
import { busPort, exporterPorts, serverPort } from "./hot-tier-plan.ts";

/** The cluster's security groups: its nodes, the balancer that answers with seeds, its controller, and whoever may be a client. */
export interface ClusterAccess {
  nodes: aws.ec2.SecurityGroup;
  seeds: aws.ec2.SecurityGroup;
  clients: aws.ec2.SecurityGroup;
  controller: aws.ec2.SecurityGroup;
}

/**
 * Who may speak to whom: clients and the seed balancer to the server's port, nodes among themselves to it and to the
 * bus, the collector to the exporters. Nodes call only themselves and, by 443, AWS' endpoints in the VPC and S3's gateway
 * endpoint, whose addresses are public. No SSH: people come by Session Manager.
 */
export function clusterAccess(
  name: string,
  args: HotTierRedisArgs,
  tags: Tags,
  parent: pulumi.Resource,
): ClusterAccess {
  const common = { vpcId: args.network.vpcId, tags };
  const clients = securityGroup(
    `${name}-clients`,
    { ...common, description: "May use the hot tier", ingress: {}, egress: {} },
    parent,
  );
  const seeds = securityGroup(
    `${name}-seeds`,
    {
      ...common,
      description: "Answers with nodes of the hot tier",
      ingress: {
        clients: fromGroup("Clients ask for nodes", serverPort, clients.id),
        ...clientRules(args, "asks for nodes"),
      },
      egress: {},
    },
    parent,
  );
  const awsServices: Record<string, RuleSpec> = {
    "aws-endpoints": {
      description: "Interface endpoints of AWS services",
      fromPort: 443,
      peer: { cidrIpv4: args.network.vpcCidrBlock },
    },
    s3: {
      description: "S3 by the gateway endpoint: packages, programs, snapshots",
      fromPort: 443,
      peer: { prefixListId: s3PrefixList(args, parent) },
    },
  };
  const controller = securityGroup(
    `${name}-controller`,
    { ...common, description: "Controller of the hot tier", ingress: {}, egress: awsServices },
    parent,
  );
  const nodes = securityGroup(
    `${name}-nodes`,
    {
      ...common,
      description: "Nodes of the hot tier",
      ingress: {
        clients: fromGroup("Clients", serverPort, clients.id),
        controller: fromGroup("Controller", serverPort, controller.id),
        seeds: fromGroup("Seed balancer and its health checks", serverPort, seeds.id),
        ...clientRules(args, "uses the hot tier"),
        ...collectorRules(args),
      },
      egress: awsServices,
    },
    parent,
  );
  for (const [key, port, description] of [
    ["server", serverPort, "Replication and slot migration between nodes"],
    ["bus", busPort, "Cluster bus: gossip, votes"],
  ] as const) {
    const rule = fromGroup(description, port, nodes.id);
    ingressRule(`${name}-nodes-in-${key}`, nodes, rule, tags);
    egressRule(`${name}-nodes-out-${key}`, nodes, rule, tags);
  }
  egressRule(`${name}-controller-out-nodes`, controller, fromGroup("Nodes", serverPort, nodes.id), tags);
  egressRule(`${name}-seeds-out-nodes`, seeds, fromGroup("Nodes", serverPort, nodes.id), tags);
  egressRule(`${name}-clients-out-nodes`, clients, fromGroup("Nodes", serverPort, nodes.id), tags);
  egressRule(`${name}-clients-out-seeds`, clients, fromGroup("Seed balancer", serverPort, seeds.id), tags);
  return { nodes, seeds, clients, controller };
}

function fromGroup(description: string, port: number, securityGroupId: pulumi.Input<string>): RuleSpec {
  return { description, fromPort: port, peer: { securityGroupId } };
}

function clientRules(args: HotTierRedisArgs, what: string): Record<string, RuleSpec> {
  return Object.fromEntries(
    Object.entries(args.clientSecurityGroupIds ?? {}).map(([client, id]) => [
      `client-${client}`,
      fromGroup(`${client} ${what}`, serverPort, id),
    ]),
  );
}

function collectorRules(args: HotTierRedisArgs): Record<string, RuleSpec> {
  const collector = args.collectorSecurityGroupId;
  return collector === undefined
    ? {}
    : {
        "node-exporter": fromGroup("Collector reads the machine's metrics", exporterPorts.node, collector),
        "engine-exporter": fromGroup("Collector reads the server's metrics", exporterPorts.engine, collector),
      };
}

/** The addresses of S3 in the region, as AWS keeps them. */
function s3PrefixList(args: HotTierRedisArgs, parent: pulumi.Resource): pulumi.Output<string> {
  return aws.ec2.getManagedPrefixListOutput({ name: `com.amazonaws.${args.network.region}.s3` }, { parent }).id;
}
