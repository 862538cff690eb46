import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { InstanceType } from "../shared/instance-types.ts";
import { proxyCluster } from "../shared/proxy-cluster.ts";
import { named, type Tags } from "../shared/tags.ts";
import { NodeImage } from "./args.ts";
import { nodeLabels, nodeTaint } from "./placement.ts";
import type { ProxyFleetPlan } from "./proxy-fleet-plan.ts";

/** What all node groups share. */
export interface NodeGroupsSpec {
  clusterName: pulumi.Input<string>;
  /** What nodes run as, and what gives it its rights. */
  node: { role: aws.iam.Role; rights: pulumi.Resource[] };
  kmsKeyArn: pulumi.Input<string>;
  securityGroupIds: pulumi.Input<string>[];
  privateSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  tags: Tags;
}

/**
 * A managed node group per zone, tainted for the proxies alone, and one for DNS and the controllers. The instance type is
 * the launch template's: in a node group it could not change without a replacement.
 */
export function createNodeGroups(
  name: string,
  plan: ProxyFleetPlan,
  spec: NodeGroupsSpec,
  parent: pulumi.Resource,
): { proxies: aws.eks.NodeGroup[]; system: aws.eks.NodeGroup } {
  const proxyTemplate = createLaunchTemplate(`${name}-nodes`, plan.instanceType, plan.nodeImage, spec, parent);
  const systemTemplate = createLaunchTemplate(`${name}-system`, plan.systemInstanceType, plan.nodeImage, spec, parent);
  const subnetIds = pulumi.output(spec.privateSubnetIds);
  const common = (template: aws.ec2.LaunchTemplate, type: InstanceType) => ({
    clusterName: spec.clusterName,
    nodeRoleArn: spec.node.role.arn,
    version: plan.kubernetes.version,
    amiType: amiType(plan.nodeImage, type),
    launchTemplate: { id: template.id, version: pulumi.interpolate`${template.latestVersion}` },
    updateConfig: { maxUnavailablePercentage: 10 },
    nodeRepairConfig: { enabled: true },
  });
  // The autoscaler owns the number of nodes between the limits. Without its rights a node cannot join, and EKS cannot end it.
  const options = { parent, ignoreChanges: ["scalingConfig.desiredSize"], dependsOn: spec.node.rights };
  const proxies = plan.groups.map((group) => {
    const groupName = `${name}-nodes-${group.zoneId}`;
    return new aws.eks.NodeGroup(
      groupName,
      {
        ...common(proxyTemplate, plan.instanceType),
        subnetIds: subnetIds.apply((ids) => ids.slice(group.zoneIndex, group.zoneIndex + 1)),
        scalingConfig: { minSize: group.minNodes, maxSize: group.maxNodes, desiredSize: group.desiredNodes },
        labels: nodeLabels,
        taints: [{ key: nodeTaint.key, value: nodeTaint.value, effect: "NO_SCHEDULE" }],
        tags: named(groupName, spec.tags),
      },
      options,
    );
  });
  const systemName = `${name}-nodes-system`;
  const system = new aws.eks.NodeGroup(
    systemName,
    {
      ...common(systemTemplate, plan.systemInstanceType),
      subnetIds,
      scalingConfig: {
        minSize: proxyCluster.systemNodes,
        maxSize: proxyCluster.maxSystemNodes,
        desiredSize: proxyCluster.systemNodes,
      },
      labels: { role: "system" },
      tags: named(systemName, spec.tags),
    },
    options,
  );
  return { proxies, system };
}

function amiType(image: NodeImage, type: InstanceType): string {
  const arm = type.arch.includes("arm64");
  return image === NodeImage.Bottlerocket
    ? `BOTTLEROCKET_${arm ? "ARM_64" : "x86_64"}`
    : `AL2023_${arm ? "ARM_64" : "x86_64"}_STANDARD`;
}

/** IMDSv2 with one hop, so that no pod reads the node's credentials; encrypted volumes. Bottlerocket keeps containers on a second volume. */
function createLaunchTemplate(
  templateName: string,
  type: InstanceType,
  image: NodeImage,
  spec: NodeGroupsSpec,
  parent: pulumi.Resource,
): aws.ec2.LaunchTemplate {
  const tags = named(templateName, spec.tags);
  const volumes = image === NodeImage.Bottlerocket ? { "/dev/xvda": 4, "/dev/xvdb": 50 } : { "/dev/xvda": 50 };
  return new aws.ec2.LaunchTemplate(
    templateName,
    {
      instanceType: type.type,
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: Object.entries(volumes).map(([deviceName, volumeSize]) => ({
        deviceName,
        ebs: {
          volumeSize,
          volumeType: "gp3",
          encrypted: "true",
          kmsKeyId: spec.kmsKeyArn,
          deleteOnTermination: "true",
        },
      })),
      vpcSecurityGroupIds: spec.securityGroupIds,
      tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
      updateDefaultVersion: true,
      tags,
    },
    { parent },
  );
}
