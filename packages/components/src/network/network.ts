import type * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { planned } from "../shared/planned.ts";
import { baseTags } from "../shared/tags.ts";
import { planNetwork } from "./network-plan.ts";
import type { NetworkArgs } from "./args.ts";
import type { NetworkPlacement } from "./placement.ts";
import { createVpc } from "./vpc.ts";

/**
 * The network of one region: a VPC whose every subnet is known before it exists, one NAT gateway a zone, data subnets
 * without a way to the internet.
 *
 * Costs in us-east-1 with three zones: NAT gateways 98.55 USD a month and 0.045 USD/GB, the 14 interface endpoints 306.60
 * USD a month and 0.01 USD/GB.
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
  readonly region: string;
  readonly zoneIds: string[];
  readonly vpcId: pulumi.Output<string>;
  readonly vpcCidrBlock: pulumi.Output<string>;
  readonly publicSubnetIds: pulumi.Output<string[]>;
  readonly privateSubnetIds: pulumi.Output<string[]>;
  readonly dataSubnetIds: pulumi.Output<string[]>;
  readonly endpointSubnetIds: pulumi.Output<string[]>;

  /** @throws pulumi.InputPropertiesError when the plan refuses the arguments; nothing exists then. */
  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mrgc:index:Network", name, args, opts);
    const plan = planned("Network", name, () => planNetwork(args));
    const tags = baseTags("network", args.tags);

    const vpc = createVpc(name, plan.addresses, tags, this);
    const fromVpc = <Value>(pick: (vpc: awsx.ec2.Vpc) => pulumi.Output<Value>) =>
      pulumi.output(vpc.then(pick)) as pulumi.Output<Value>;

    this.region = args.region;
    this.zoneIds = args.zoneIds;
    this.vpcId = fromVpc((vpc) => vpc.vpcId);
    this.vpcCidrBlock = pulumi.output(args.cidrBlock);
    this.publicSubnetIds = fromVpc((vpc) => vpc.publicSubnetIds);
    this.privateSubnetIds = fromVpc((vpc) => vpc.privateSubnetIds);
    const isolated = fromVpc((vpc) => vpc.isolatedSubnetIds);
    this.dataSubnetIds = isolated.apply((ids) => ids.filter((_, index) => index % 2 === 0));
    this.endpointSubnetIds = isolated.apply((ids) => ids.filter((_, index) => index % 2 === 1));
    this.registerOutputs({
      vpcId: this.vpcId,
      vpcCidrBlock: this.vpcCidrBlock,
      publicSubnetIds: this.publicSubnetIds,
      privateSubnetIds: this.privateSubnetIds,
      dataSubnetIds: this.dataSubnetIds,
      endpointSubnetIds: this.endpointSubnetIds,
    });
  }
}
