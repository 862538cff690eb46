import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { securityGroup } from "../building-blocks/security-group.ts";
import { exporterPorts } from "../hot-tier-redis/hot-tier-plan.ts";
import { postgresPort } from "../metadata-postgres/database.ts";
import type { NetworkPlacement } from "../network/placement.ts";
import { dcgmPort } from "../regional-gpu-cluster/host-plan.ts";
import { routerPorts } from "../regional-gpu-cluster/router-plan.ts";
import { named, type Tags } from "../shared/tags.ts";
import type { CollectorArgs } from "./collector-args.ts";

/** A group that the collector reads from, and the port there. */
interface Read {
  what: string;
  securityGroupId: pulumi.Input<string>;
  port: number;
}

/** The collector's group: out to AWS' endpoints and to what it reads; nobody calls it. */
export function collectorGroup(
  collectorName: string,
  args: CollectorArgs,
  network: NetworkPlacement,
  tags: Tags,
  parent: pulumi.Resource,
): aws.ec2.SecurityGroup {
  const reads = readsOf(args);
  const s3 = aws.ec2.getManagedPrefixListOutput({ name: `com.amazonaws.${network.region}.s3` }, { parent }).id;
  const group = securityGroup(
    collectorName,
    {
      description: "Collector of metrics",
      vpcId: network.vpcId,
      ingress: {},
      egress: {
        "aws-endpoints": {
          description: "Interface endpoints of AWS services",
          fromPort: 443,
          peer: { cidrIpv4: network.vpcCidrBlock },
        },
        s3: { description: "S3 by the gateway endpoint: images", fromPort: 443, peer: { prefixListId: s3 } },
        ...Object.fromEntries(
          Object.entries(reads).map(([key, { what, port, securityGroupId }]) => [
            key,
            { description: what, fromPort: port, peer: { securityGroupId } },
          ]),
        ),
      },
      tags,
    },
    parent,
  );
  for (const [key, { what, port, securityGroupId }] of Object.entries(reads)) {
    const ruleName = `${collectorName}-admitted-${key}`;
    new aws.vpc.SecurityGroupIngressRule(
      ruleName,
      {
        securityGroupId,
        description: what,
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        referencedSecurityGroupId: group.id,
        tags: named(ruleName, tags),
      },
      { parent: group },
    );
  }
  return group;
}

function readsOf({ hotTier, gpu, database }: CollectorArgs): Record<string, Read> {
  const read = (what: string, securityGroupId: pulumi.Input<string>, port: number): Read => ({
    what: `Collector reads ${what}`,
    securityGroupId,
    port,
  });
  return {
    ...(hotTier === undefined
      ? {}
      : {
          machines: read("the cache nodes' machines", hotTier.securityGroupId, exporterPorts.node),
          servers: read("the cache nodes' servers", hotTier.securityGroupId, exporterPorts.engine),
        }),
    ...(gpu === undefined
      ? {}
      : {
          gpus: read("the GPUs", gpu.hostSecurityGroupId, dcgmPort),
          routers: read("the routers", gpu.routerSecurityGroupId, routerPorts.metrics),
        }),
    ...(database === undefined
      ? {}
      : { database: read("the database's statistics", database.securityGroupId, postgresPort) }),
  };
}
