import * as pulumi from "@pulumi/pulumi";
import { customerKey } from "../building-blocks/customer-key.ts";
import { egressRule } from "../building-blocks/security-group.ts";
import { serviceRole } from "../building-blocks/service-role.ts";
import { planned } from "../shared/planned.ts";
import { baseTags } from "../shared/tags.ts";
import type { ProxyFleetArgs } from "./args.ts";
import { createAddons } from "./addons.ts";
import { createCluster, createNodeSecurityGroup } from "./cluster.ts";
import { planKubernetesVersion } from "./kubernetes-versions-plan.ts";
import { createNodeGroups } from "./node-groups.ts";
import { planNodeGroups } from "./proxy-fleet-plan.ts";
import { createWorkload } from "./workload.ts";

const type = "mrgc:index:ProxyFleet";

/** The proxies in front of the hot tier: a private EKS cluster, a node group per zone and the proxy workload. */
export class ProxyFleet extends pulumi.ComponentResource {
  /** Name of the EKS cluster. */
  readonly clusterName: pulumi.Output<string>;
  /** Security group of the nodes, which the hot tier and the database admit. */
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: ProxyFleetArgs, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, args, opts);
    const { network } = args;
    const instanceType = args.instanceType ?? "c6i.2xlarge";
    const minNodes = args.minNodes ?? 48;
    const maxNodes = args.maxNodes ?? 1000;
    const groups = planned(type, name, () =>
      planNodeGroups({
        zoneIds: network.zoneIds,
        instanceType,
        minNodes,
        desiredNodes: args.desiredNodes ?? 48,
        maxNodes,
      }),
    );
    const kubernetes = planned(type, name, () => planKubernetesVersion(args.kubernetesVersion, new Date()));
    if (kubernetes.warning !== undefined) {
      void pulumi.log.warn(kubernetes.warning, this);
    }
    const tags = baseTags("proxy-fleet", args.tags);

    const key = customerKey(`${name}-key`, { description: "Proxy fleet: volumes and Kubernetes secrets", tags }, this);
    const nodeRole = serviceRole(
      `${name}-node-role`,
      {
        service: "ec2.amazonaws.com",
        description: "Nodes of the proxy fleet",
        statements: [],
        managedPolicyArns: [
          "AmazonEKSWorkerNodePolicy",
          "AmazonEC2ContainerRegistryPullOnly",
          "AmazonEKS_CNI_Policy",
        ].map((policy) => `arn:aws:iam::aws:policy/${policy}`),
        tags,
      },
      this,
    );
    const nodeSecurityGroup = createNodeSecurityGroup(name, network, tags, this);
    if (args.hotTier !== undefined) {
      const { port, securityGroupId } = args.hotTier;
      egressRule(
        `${name}-nodes-out-hot-tier`,
        nodeSecurityGroup,
        { description: "Hot tier", fromPort: port, peer: { securityGroupId } },
        tags,
      );
    }
    const cluster = createCluster(
      name,
      { network, kubernetesVersion: kubernetes.version, kmsKeyArn: key.arn, nodeRole, tags },
      this,
    );
    const nodeGroups = createNodeGroups(
      name,
      groups,
      {
        clusterName: cluster.eksCluster.name,
        nodeRole,
        instanceType,
        kmsKeyArn: key.arn,
        securityGroupIds: [nodeSecurityGroup.id, cluster.clusterSecurityGroupId],
        privateSubnetIds: network.privateSubnetIds,
        tags,
      },
      this,
    );
    createAddons(
      name,
      { network, clusterName: cluster.eksCluster.name, kubernetesVersion: kubernetes.version, nodeGroups, tags },
      this,
    );
    createWorkload(
      name,
      {
        cluster,
        image: args.image ?? "docker.io/envoyproxy/envoy:distroless-v1.35.3",
        minPods: minNodes,
        maxPods: maxNodes,
      },
      this,
    );

    this.clusterName = cluster.eksCluster.name;
    this.securityGroupId = nodeSecurityGroup.id;
    this.registerOutputs({ clusterName: this.clusterName, securityGroupId: this.securityGroupId });
  }
}
