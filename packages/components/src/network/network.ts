import type * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { planned } from "../shared/planned.ts";
import { baseTags } from "../shared/tags.ts";
import { type NetworkArgs, PublicAccess } from "./args.ts";
import { createEndpoints } from "./endpoints.ts";
import { createFlowLogs } from "./flow-logs.ts";
import { blockPublicAccess, closeDataSubnets, emptyDefaultSecurityGroup } from "./guards.ts";
import { planNetwork } from "./network-plan.ts";
import type { NetworkPlacement } from "./placement.ts";
import { createPodSubnets } from "./pod-subnets.ts";
import type { PlannedSubnet } from "./subnets.ts";
import { createVpc } from "./vpc.ts";

/**
 * The network of one region: a VPC whose every subnet is known before it exists, one NAT gateway a zone, data subnets
 * without a way to the internet, endpoints for the AWS services, flow logs in an encrypted bucket.
 *
 * Costs in us-east-1 with three zones: NAT gateways 98.55 USD a month and 0.045 USD/GB, the 14 interface endpoints 306.60
 * USD a month and 0.01 USD/GB, flow logs by volume.
 *
 * ```ts
 * const network = new mrgc.Network("use1", {
 *   region: "us-east-1",
 *   zoneIds: ["use1-az1", "use1-az2", "use1-az4"],
 *   cidrBlock: "10.66.0.0/18",
 *   fleets: { cacheNodes: 1000, proxyNodes: 1000, gpuInstances: 64, routerTasks: 12 },
 * });
 * ```
 */
export class Network extends pulumi.ComponentResource implements NetworkPlacement {
  /** AWS region. */
  readonly region: string;
  /** Availability Zone IDs, in the order of the lists below. */
  readonly zoneIds: string[];
  /** Id of the VPC. */
  readonly vpcId: pulumi.Output<string>;
  /** The VPC's first range. */
  readonly vpcCidrBlock: pulumi.Output<string>;
  /** One a zone: NAT gateways and public load balancers, nothing else. */
  readonly publicSubnetIds: pulumi.Output<string[]>;
  /** One a zone: workloads. */
  readonly privateSubnetIds: pulumi.Output<string[]>;
  /** One a zone: caches and databases, no default route. */
  readonly dataSubnetIds: pulumi.Output<string[]>;
  /** One a zone: interface endpoints, no default route. */
  readonly endpointSubnetIds: pulumi.Output<string[]>;
  /** One a zone in the secondary range; empty when pods take their addresses from the private subnets. */
  readonly podSubnetIds: pulumi.Output<string[]>;
  /** Every route table of the VPC, for routes to other networks. */
  readonly routeTableIds: pulumi.Output<string[]>;
  /** NAT gateways in the zones' order. */
  readonly natGatewayIds: pulumi.Output<string[]>;
  /** Group of the interface endpoints. */
  readonly endpointSecurityGroupId: pulumi.Output<string>;
  /** S3's prefix list, for rules that let traffic out to the gateway endpoint only. */
  readonly s3PrefixListId: pulumi.Output<string>;
  /** Name of the bucket with the flow logs. */
  readonly flowLogBucket: pulumi.Output<string>;
  /** Every subnet with its range, to be given as `subnets` to a later plan that has to keep them. */
  readonly subnets: pulumi.Output<PlannedSubnet[]>;

  /** @throws pulumi.InputPropertiesError when the plan refuses the arguments; nothing exists then. */
  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planned("Network", name, () => planNetwork(args));
    super("mrgc:index:Network", name, args, opts);
    const { addresses } = plan;
    const tags = baseTags("network", args.tags);

    const vpc = createVpc(name, addresses, tags, this);
    const fromVpc = <Value>(pick: (vpc: awsx.ec2.Vpc) => pulumi.Output<Value>) =>
      pulumi.output(vpc.then(pick)) as pulumi.Output<Value>;
    const isolated = fromVpc(({ isolatedSubnetIds }) => isolatedSubnetIds);
    this.region = args.region;
    this.zoneIds = args.zoneIds;
    this.vpcId = fromVpc(({ vpcId }) => vpcId);
    this.vpcCidrBlock = pulumi.output(args.cidrBlock);
    this.publicSubnetIds = fromVpc(({ publicSubnetIds }) => publicSubnetIds);
    this.privateSubnetIds = fromVpc(({ privateSubnetIds }) => privateSubnetIds);
    this.dataSubnetIds = isolated.apply((ids) => ids.filter((_, index) => index % 2 === 0));
    this.endpointSubnetIds = isolated.apply((ids) => ids.filter((_, index) => index % 2 === 1));

    this.natGatewayIds = fromVpc(({ natGateways }) => ids(natGateways));
    const pods = createPodSubnets(name, addresses, this.vpcId, this.natGatewayIds, tags, this);
    this.podSubnetIds = pulumi.all(pods.subnetIds);
    this.routeTableIds = pulumi
      .all([fromVpc(({ routeTables }) => ids(routeTables)), pulumi.all(pods.routeTableIds)])
      .apply((tables) => tables.flat());

    emptyDefaultSecurityGroup(name, this.vpcId, tags, this);
    closeDataSubnets(name, this.vpcId, this.dataSubnetIds, addresses, tags, this);
    if (args.publicAccess === PublicAccess.PublicSubnetsOnly) {
      blockPublicAccess(name, this.publicSubnetIds, args.zoneIds, tags, this);
    }

    const places = { vpcId: this.vpcId, subnetIds: this.endpointSubnetIds, routeTableIds: this.routeTableIds };
    const endpoints = createEndpoints(name, args.region, plan, places, tags, this);
    this.endpointSecurityGroupId = endpoints.securityGroupId;
    this.s3PrefixListId = endpoints.s3PrefixListId;
    this.flowLogBucket = createFlowLogs(
      name,
      {
        region: args.region,
        vpcId: this.vpcId,
        retentionDays: args.flowLogRetentionDays,
        forceDestroy: args.deleteFlowLogsOnDestroy,
        tags,
      },
      this,
    ).bucket;
    this.subnets = pulumi.output(addresses.subnets);

    this.registerOutputs({
      region: this.region,
      zoneIds: this.zoneIds,
      vpcId: this.vpcId,
      vpcCidrBlock: this.vpcCidrBlock,
      publicSubnetIds: this.publicSubnetIds,
      privateSubnetIds: this.privateSubnetIds,
      dataSubnetIds: this.dataSubnetIds,
      endpointSubnetIds: this.endpointSubnetIds,
      podSubnetIds: this.podSubnetIds,
      routeTableIds: this.routeTableIds,
      natGatewayIds: this.natGatewayIds,
      endpointSecurityGroupId: this.endpointSecurityGroupId,
      s3PrefixListId: this.s3PrefixListId,
      flowLogBucket: this.flowLogBucket,
      subnets: this.subnets,
    });
  }
}

function ids(resources: pulumi.Output<pulumi.CustomResource[]>): pulumi.Output<string[]> {
  return resources.apply((all) => pulumi.all(all.map((resource) => resource.id)));
}
