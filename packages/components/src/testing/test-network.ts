import type { NetworkPlacement } from "../network/placement.ts";

/** The network of tests: three zones that offer every type which the fleets run on. */
export const testNetwork: NetworkPlacement = {
  region: "us-west-2",
  zoneIds: ["usw2-az1", "usw2-az2", "usw2-az3"],
  vpcId: "vpc-1",
  vpcCidrBlock: "10.66.128.0/18",
  publicSubnetIds: ["subnet-p1", "subnet-p2", "subnet-p3"],
  privateSubnetIds: ["subnet-w1", "subnet-w2", "subnet-w3"],
  dataSubnetIds: ["subnet-d1", "subnet-d2", "subnet-d3"],
};
