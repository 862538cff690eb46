import * as aws from "@pulumi/aws";
import { ingressRule } from "../building-blocks/security-group.ts";
import { named } from "../shared/tags.ts";
import type { TenantVpc } from "./args.ts";
import type { Scope } from "./scope.ts";

/**
 * A transit gateway in each network's region, peered in pairs, with the static routes that peering needs on both sides
 * (E12), and the endpoints opened to the other networks. Costs 36.50 USD a month for each of a network's attachment and
 * its peerings (0.05 USD an hour), and 0.02 USD a GB.
 */
export function transitGateways(scope: Scope): void {
  const { name, plan, networks, tags, parent } = scope;
  const gateways = new Map([...networks].map(([region, vpc]) => [region, gatewayOf(scope, vpc)]));
  for (const [from, to] of plan.peerings) {
    const [near, far] = [gateways.get(from), gateways.get(to)];
    if (near === undefined || far === undefined) {
      continue;
    }
    const prefix = `${name}-${from}-${to}`;
    const peering = new aws.ec2transitgateway.PeeringAttachment(
      `${prefix}-peering`,
      {
        transitGatewayId: near.gateway.id,
        peerTransitGatewayId: far.gateway.id,
        peerRegion: to,
        region: from,
        tags: named(`${prefix}-peering`, tags),
      },
      { parent },
    );
    const accepted = new aws.ec2transitgateway.PeeringAttachmentAccepter(
      `${prefix}-peering-accepted`,
      { transitGatewayAttachmentId: peering.id, region: to, tags: named(`${prefix}-peering-accepted`, tags) },
      { parent },
    );
    route(scope, near, far, accepted);
    route(scope, far, near, accepted);
  }
}

interface RegionalGateway {
  vpc: TenantVpc;
  gateway: aws.ec2transitgateway.TransitGateway;
  attachment: aws.ec2transitgateway.VpcAttachment;
}

function gatewayOf({ name, tags, parent }: Scope, vpc: TenantVpc): RegionalGateway {
  const { region } = vpc;
  const prefix = `${name}-${region}`;
  const gateway = new aws.ec2transitgateway.TransitGateway(
    `${prefix}-gateway`,
    {
      description: `Path of ${prefix} to other regions`,
      autoAcceptSharedAttachments: "disable",
      region,
      tags: named(`${prefix}-gateway`, tags),
    },
    { parent },
  );
  const attachment = new aws.ec2transitgateway.VpcAttachment(
    `${prefix}-attachment`,
    {
      transitGatewayId: gateway.id,
      vpcId: vpc.vpcId,
      subnetIds: vpc.privateSubnetIds,
      region,
      tags: named(`${prefix}-attachment`, tags),
    },
    { parent },
  );
  return { vpc, gateway, attachment };
}

/** From one network to another: through the gateways, and in at the endpoint. */
function route(
  { name, plan, endpoints, tags, parent }: Scope,
  near: RegionalGateway,
  far: RegionalGateway,
  accepted: aws.ec2transitgateway.PeeringAttachmentAccepter,
): void {
  const [from, to] = [near.vpc.region, far.vpc.region];
  new aws.ec2transitgateway.Route(
    `${name}-${from}-route-${to}`,
    {
      transitGatewayRouteTableId: near.gateway.associationDefaultRouteTableId,
      transitGatewayAttachmentId: accepted.transitGatewayAttachmentId,
      destinationCidrBlock: far.vpc.vpcCidrBlock,
      region: from,
    },
    { parent, dependsOn: [accepted] },
  );
  (near.vpc.privateRouteTableIds ?? []).forEach((routeTableId, index) => {
    new aws.ec2.Route(
      `${name}-${from}-vpc-route-${to}-${index}`,
      {
        routeTableId,
        destinationCidrBlock: far.vpc.vpcCidrBlock,
        transitGatewayId: near.gateway.id,
        region: from,
      },
      { parent, dependsOn: [near.attachment] },
    );
  });
  const endpoint = endpoints.get(to);
  if (endpoint === undefined) {
    return;
  }
  for (const port of plan.ports) {
    const rule = { description: `Applications of ${from}`, fromPort: port, peer: { cidrIpv4: near.vpc.vpcCidrBlock } };
    ingressRule(`${name}-${to}-endpoint-in-${from}-${port}`, endpoint.group, rule, tags, to);
  }
}
