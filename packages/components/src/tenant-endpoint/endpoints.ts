import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ingressRule, securityGroup } from "../building-blocks/security-group.ts";
import { named } from "../shared/tags.ts";
import type { TenantService, TenantVpc } from "./args.ts";
import type { Scope } from "./scope.ts";
import type { PlannedEndpoint } from "./tenant-endpoint-plan.ts";

/** An endpoint with what its name and its probe need. */
export interface CreatedEndpoint {
  endpoint: aws.ec2.VpcEndpoint;
  group: aws.ec2.SecurityGroup;
  /** The endpoint's regional name, which answers with healthy zones only: never one zone's address (E4). */
  dnsName: pulumi.Output<string>;
  /** The hosted zone that Route 53 aliases to the name need. */
  zoneId: pulumi.Output<string>;
}

/** An interface endpoint with a security group of its own, in the subnets of the zones it has in common with the service. */
export function interfaceEndpoint(
  { name, plan, tags, parent }: Scope,
  endpoint: PlannedEndpoint,
  vpc: TenantVpc,
  service: TenantService,
  connectionTopicArn: pulumi.Input<string> | undefined,
): CreatedEndpoint {
  const prefix = `${name}-${endpoint.key}`;
  const region = vpc.region;
  const group = securityGroup(
    `${prefix}-endpoint`,
    {
      description: `Endpoint of ${name} to the service of ${endpoint.serviceRegion}`,
      vpcId: vpc.vpcId,
      region,
      ingress: {},
      egress: {},
      tags,
    },
    parent,
  );
  const callers = vpc.clientSecurityGroupIds?.map((securityGroupId, index) => ({
    key: `client-${index}`,
    peer: { securityGroupId },
  })) ?? [{ key: "vpc", peer: { cidrIpv4: vpc.vpcCidrBlock } }];
  for (const { key, peer } of callers) {
    for (const port of plan.ports) {
      const description = `Applications to port ${port}`;
      ingressRule(`${prefix}-endpoint-in-${key}-${port}`, group, { description, fromPort: port, peer }, tags, region);
    }
  }
  const created = new aws.ec2.VpcEndpoint(
    `${prefix}-endpoint`,
    {
      vpcId: vpc.vpcId,
      vpcEndpointType: "Interface",
      serviceName: service.serviceName,
      serviceRegion: endpoint.serviceRegion === region ? undefined : endpoint.serviceRegion,
      subnetIds: pulumi
        .output(vpc.privateSubnetIds)
        .apply((ids) => endpoint.subnetIndexes.flatMap((index) => ids[index] ?? [])),
      securityGroupIds: [group.id],
      privateDnsEnabled: endpoint.privateDnsName !== undefined,
      region,
      tags: named(`${prefix}-endpoint`, tags),
    },
    { parent },
  );
  if (connectionTopicArn !== undefined) {
    new aws.ec2.VpcEndpointConnectionNotification(
      `${prefix}-notification`,
      {
        vpcEndpointId: created.id,
        connectionNotificationArn: connectionTopicArn,
        connectionEvents: ["Accept", "Reject", "Delete"],
        region,
      },
      { parent },
    );
  }
  // The first entry is the regional name; those of single zones follow.
  const entry = created.dnsEntries.apply((entries) => entries[0]);
  return {
    endpoint: created,
    group,
    dnsName: entry.apply((first) => first?.dnsName ?? ""),
    zoneId: entry.apply((first) => first?.hostedZoneId ?? ""),
  };
}
