import { T } from "../tokens.ts";
import type { GraphNode } from "./graph.ts";
import type { References } from "./references.ts";

/** Where each type that stands in subnets names them. */
const subnetPaths: readonly (readonly [types: readonly string[], path: readonly string[]])[] = [
  [T.instance, ["subnetId"]],
  [T.networkInterface, ["subnetId"]],
  [T.autoScalingGroup, ["vpcZoneIdentifiers"]],
  [T.eksCluster, ["vpcConfig", "subnetIds"]],
  [T.eksNodeGroup, ["subnetIds"]],
  [["aws:eks/fargateProfile:FargateProfile"], ["subnetIds"]],
  [
    [...T.ecsService, "aws:ecs/taskSet:TaskSet"],
    ["networkConfiguration", "subnets"],
  ],
  [T.lambdaFunction, ["vpcConfig", "subnetIds"]],
  [["aws:efs/mountTarget:MountTarget"], ["subnetId"]],
  [
    [
      "aws:redshift/subnetGroup:SubnetGroup",
      "aws:rds/subnetGroup:SubnetGroup",
      "aws:elasticache/subnetGroup:SubnetGroup",
      "aws:memorydb/subnetGroup:SubnetGroup",
      "aws:docdb/subnetGroup:SubnetGroup",
      "aws:neptune/subnetGroup:SubnetGroup",
      "aws:dax/subnetGroup:SubnetGroup",
    ],
    ["subnetIds"],
  ],
  [["aws:mq/broker:Broker"], ["subnetIds"]],
  [["aws:msk/cluster:Cluster"], ["brokerNodeGroupInfo", "clientSubnets"]],
  [["aws:opensearch/domain:Domain"], ["vpcOptions", "subnetIds"]],
  [["aws:sagemaker/model:Model"], ["vpcConfig", "subnets"]],
  [["aws:batch/computeEnvironment:ComputeEnvironment"], ["computeResources", "subnets"]],
];

/** Types that stand in subnets and hold data or run programs. Load balancers, NAT gateways and endpoints are not among them. */
export const placedTypes: readonly string[] = subnetPaths.flatMap(([types]) => types);

/** Types whose place is the data tier's: what is in them is what the platform protects. */
export const dataTierTypes: readonly string[] = placedTypes.filter((type) =>
  /SubnetGroup$|MountTarget$|mq\/broker|msk\/|opensearch\//.test(type),
);

/** A subnet in which a resource stands. */
export interface Place {
  readonly subnet: GraphNode;
  /** False where the subnet is only one of those that a component made. */
  readonly certain: boolean;
}

/** The subnets of a resource, and whether some cannot be told before `up`. */
export function placesOf(node: GraphNode, references: References): { places: Place[]; open: boolean } {
  const path = subnetPaths.find(([types]) => types.includes(node.type))?.[1];
  if (path === undefined) {
    return { places: [], open: false };
  }
  const found = references.resolve(node, T.subnet, ...path);
  return {
    places: [
      ...found.nodes.map((subnet) => ({ subnet, certain: true })),
      ...found.perhaps.map((subnet) => ({ subnet, certain: false })),
    ],
    open: found.open,
  };
}
