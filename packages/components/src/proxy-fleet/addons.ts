import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { NetworkPlacement } from "../network/placement.ts";
import { podNetworking } from "../network/pod-networking.ts";
import { named, type Tags } from "../shared/tags.ts";

/** An EKS add-on, and whether it runs on nodes and so has to wait for them. */
interface AddonPlan {
  addonName: string;
  needsNodes: boolean;
  configuration?: Record<string, unknown>;
}

/**
 * The cluster's add-ons. Nodes get their network and identity before they start; the rest follows them. `metrics-server`
 * feeds the pod autoscaler.
 */
const addons: readonly AddonPlan[] = [
  { addonName: "vpc-cni", needsNodes: false, configuration: { enableNetworkPolicy: "true" } },
  { addonName: "kube-proxy", needsNodes: false },
  { addonName: "eks-pod-identity-agent", needsNodes: false },
  { addonName: "coredns", needsNodes: true, configuration: { tolerations: [{ key: "workload", operator: "Exists" }] } },
  { addonName: "aws-ebs-csi-driver", needsNodes: true },
  {
    addonName: "metrics-server",
    needsNodes: true,
    configuration: { tolerations: [{ key: "workload", operator: "Exists" }] },
  },
];

/** Installs the add-ons at the newest version that EKS has for the cluster's Kubernetes version. */
export function createAddons(
  name: string,
  spec: {
    network: NetworkPlacement;
    clusterName: pulumi.Input<string>;
    kubernetesVersion: string;
    nodeGroups: aws.eks.NodeGroup[];
    tags: Tags;
  },
  parent: pulumi.Resource,
): void {
  for (const { addonName, needsNodes, configuration } of addons) {
    const { kubernetesVersion } = spec;
    const latest = aws.eks.getAddonVersionOutput({ addonName, kubernetesVersion, mostRecent: true }, { parent });
    new aws.eks.Addon(
      `${name}-${addonName}`,
      {
        clusterName: spec.clusterName,
        addonName,
        addonVersion: latest.version,
        resolveConflictsOnCreate: "OVERWRITE",
        resolveConflictsOnUpdate: "OVERWRITE",
        ...(configuration === undefined
          ? {}
          : {
              configurationValues:
                addonName === "vpc-cni" ? cniValues(configuration, spec.network) : JSON.stringify(configuration),
            }),
        tags: named(`${name}-${addonName}`, spec.tags),
      },
      { parent, dependsOn: needsNodes ? spec.nodeGroups : [] },
    );
  }
}

/** The CNI's configuration, with the pods' own subnets where the network has some. */
function cniValues(configuration: Record<string, unknown>, network: NetworkPlacement): pulumi.Output<string> {
  const { region, zoneIds } = network;
  return pulumi
    .output(network.podSubnetIds ?? [])
    .apply((podSubnetIds) => JSON.stringify({ ...configuration, ...podNetworking({ region, zoneIds, podSubnetIds }) }));
}
