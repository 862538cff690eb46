/** Where pods get their addresses from, one subnet a zone. */
export interface PodNetworkingSpec {
  region: string;
  /** Zone IDs, in the order of the subnets. */
  zoneIds: string[];
  /** Ids of the pods' subnets; empty when pods take their addresses from the nodes' subnets. */
  podSubnetIds: string[];
}

/**
 * What the EKS add-on `vpc-cni` has to be configured with so that pods get their addresses from subnets of their own;
 * nothing when there are none. A node finds its subnet by the zone ID that the AWS cloud provider labels it with. The
 * interfaces of pods have the security groups of the node's own.
 */
export function podNetworking({ region, zoneIds, podSubnetIds }: PodNetworkingSpec): Record<string, unknown> {
  if (podSubnetIds.length === 0) {
    return {};
  }
  return {
    env: { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true", ENI_CONFIG_LABEL_DEF: "topology.k8s.aws/zone-id" },
    eniConfig: {
      create: true,
      region,
      subnets: Object.fromEntries(zoneIds.map((zoneId, index) => [zoneId, { id: podSubnetIds[index] }])),
    },
  };
}
