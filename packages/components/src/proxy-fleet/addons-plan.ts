import { proxyCluster } from "../shared/proxy-cluster.ts";

/** Add-ons that wait for the nodes they run on, and what they are told. */
export interface AddonPlan {
  addonName: string;
  /** Whether it runs on the nodes like any other pod, and so has to wait for them. */
  needsNodes: boolean;
  configuration?: Record<string, unknown>;
  /** Managed policy of its role, and the service account that takes it by Pod Identity. */
  identity?: { managedPolicy: string; serviceAccount: string };
}

/** A zone's subnet for pods, when they have a range of their own. */
export interface PodSubnet {
  zoneName: string;
  subnetId: string;
  securityGroupIds: string[];
}

const everywhere = [{ operator: "Exists" }];

/**
 * The cluster's add-ons. Nodes get their network and identity before they start; the rest follows them. `metrics-server` feeds
 * the pod autoscaler, `cert-manager` signs the load balancer controller's webhook, the secrets provider mounts secrets.
 */
export const addons: readonly AddonPlan[] = [
  {
    addonName: "vpc-cni",
    needsNodes: false,
    identity: { managedPolicy: "AmazonEKS_CNI_Policy", serviceAccount: "aws-node" },
  },
  { addonName: "kube-proxy", needsNodes: false },
  { addonName: "eks-pod-identity-agent", needsNodes: false },
  { addonName: "coredns", needsNodes: true, configuration: { autoScaling: { enabled: true } } },
  {
    addonName: "aws-ebs-csi-driver",
    needsNodes: true,
    identity: { managedPolicy: "service-role/AmazonEBSCSIDriverPolicy", serviceAccount: "ebs-csi-controller-sa" },
  },
  { addonName: "metrics-server", needsNodes: true },
  { addonName: "cert-manager", needsNodes: true },
  {
    addonName: "aws-secrets-store-csi-driver-provider",
    needsNodes: true,
    configuration: {
      tolerations: everywhere,
      "secrets-store-csi-driver": {
        linux: { tolerations: everywhere },
        enableSecretRotation: true,
        rotationPollInterval: "1h",
      },
    },
  },
];

/** The network add-on's configuration: NetworkPolicies are enforced, few addresses are kept, pods lie in their own subnets if there are any. */
export function networkConfiguration(region: string, podSubnets: readonly PodSubnet[]): Record<string, unknown> {
  const env = {
    WARM_IP_TARGET: String(proxyCluster.warmIpTarget),
    MINIMUM_IP_TARGET: String(proxyCluster.minimumIpTarget),
  };
  if (podSubnets.length === 0) {
    return { enableNetworkPolicy: "true", env };
  }
  return {
    enableNetworkPolicy: "true",
    env: { ...env, AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true", ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone" },
    eniConfig: {
      create: true,
      region,
      subnets: Object.fromEntries(
        podSubnets.map(({ zoneName, subnetId, securityGroupIds }) => [
          zoneName,
          { id: subnetId, securityGroups: securityGroupIds },
        ]),
      ),
    },
  };
}
