import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { securityGroup } from "../building-blocks/security-group.ts";
import { named, type Tags } from "../shared/tags.ts";
import type { NetworkPlan } from "./network-plan.ts";

/** The VPC's parts that endpoints are put into. */
export interface EndpointPlaces {
  vpcId: pulumi.Input<string>;
  /** One a zone, for interface endpoints. */
  subnetIds: pulumi.Input<string[]>;
  /** Every route table of the VPC, for gateway endpoints. */
  routeTableIds: pulumi.Input<string[]>;
}

/** What others need to let traffic out to the endpoints and to nothing else. */
export interface Endpoints {
  securityGroupId: pulumi.Output<string>;
  s3PrefixListId: pulumi.Output<string>;
}

/**
 * Interface endpoints with their private names, open on 443 to the VPC's ranges and to nobody else, and the gateway
 * endpoints, which cost nothing. A gateway endpoint's route leads to a prefix list (correction E22).
 */
export function createEndpoints(
  name: string,
  region: string,
  plan: NetworkPlan,
  places: EndpointPlaces,
  tags: Tags,
  parent: pulumi.Resource,
): Endpoints {
  const { vpcCidrBlock, podCidrBlock } = plan.addresses;
  const group = securityGroup(
    `${name}-endpoints`,
    {
      description: "Interface endpoints of AWS services",
      vpcId: places.vpcId,
      ingress: {
        vpc: { description: "HTTPS from the VPC", fromPort: 443, peer: { cidrIpv4: vpcCidrBlock } },
        ...(podCidrBlock === undefined
          ? {}
          : { pods: { description: "HTTPS from the pods", fromPort: 443, peer: { cidrIpv4: podCidrBlock } } }),
      },
      egress: {},
      tags,
    },
    parent,
  );
  for (const service of plan.interfaceEndpoints) {
    new aws.ec2.VpcEndpoint(
      `${name}-endpoint-${service}`,
      {
        vpcId: places.vpcId,
        serviceName: `com.amazonaws.${region}.${service}`,
        vpcEndpointType: "Interface",
        privateDnsEnabled: true,
        subnetIds: places.subnetIds,
        securityGroupIds: [group.id],
        tags: named(`${name}-endpoint-${service}`, tags),
      },
      { parent },
    );
  }
  const gateway = (service: string) =>
    new aws.ec2.VpcEndpoint(
      `${name}-endpoint-${service}`,
      {
        vpcId: places.vpcId,
        serviceName: `com.amazonaws.${region}.${service}`,
        vpcEndpointType: "Gateway",
        routeTableIds: places.routeTableIds,
        tags: named(`${name}-endpoint-${service}`, tags),
      },
      { parent },
    );
  const s3 = gateway("s3");
  gateway("dynamodb");
  return { securityGroupId: group.id, s3PrefixListId: s3.prefixListId };
}
