import type * as pulumi from "@pulumi/pulumi";

/**
 * Where a component puts its resources: one region's VPC, its Availability Zones and one subnet of each kind per zone.
 * `Network` is one; a team with its own VPC passes the same ids.
 */
export interface NetworkPlacement {
  /** AWS region, such as `us-east-1`. Plain, because plans depend on it. */
  region: string;
  /**
   * Availability Zone IDs, such as `use1-az1`, in the order of the subnet lists. Zone IDs and not names: a name means
   * another zone in another account.
   */
  zoneIds: string[];
  /** Id of the VPC. */
  vpcId: pulumi.Input<string>;
  /** The VPC's IPv4 range, such as `10.66.0.0/18`. */
  vpcCidrBlock: pulumi.Input<string>;
  /** One public subnet per zone: NAT gateways and public load balancers, nothing else. */
  publicSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** One private subnet per zone: workloads, with a default route to the zone's own NAT gateway. */
  privateSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** One data subnet per zone: caches and databases, with no default route. */
  dataSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** One subnet per zone for interface endpoints. Default: none. */
  endpointSubnetIds?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * One subnet per zone for pods, in the secondary range. Empty or left out when pods take their addresses from the
   * private subnets. Default: none.
   */
  podSubnetIds?: pulumi.Input<pulumi.Input<string>[]>;
}
