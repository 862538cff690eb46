import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { named, type Tags } from "../shared/tags.ts";
import type { NodeGroupPlan } from "./proxy-fleet-plan.ts";

/** What all node groups share. */
export interface NodeGroupsSpec {
  clusterName: pulumi.Input<string>;
  nodeRole: aws.iam.Role;
  instanceType: string;
  kmsKeyArn: pulumi.Input<string>;
  securityGroupIds: pulumi.Input<string>[];
  privateSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  tags: Tags;
}

/** A managed node group per zone, tainted for the proxies alone. */
export function createNodeGroups(
  name: string,
  groups: NodeGroupPlan[],
  spec: NodeGroupsSpec,
  parent: pulumi.Resource,
): aws.eks.NodeGroup[] {
  const launchTemplate = createLaunchTemplate(name, spec, parent);
  return groups.map((group) => {
    const groupName = `${name}-nodes-${group.zoneId}`;
    return new aws.eks.NodeGroup(
      groupName,
      {
        clusterName: spec.clusterName,
        nodeRoleArn: spec.nodeRole.arn,
        subnetIds: pulumi.output(spec.privateSubnetIds).apply((ids) => ids.slice(group.zoneIndex, group.zoneIndex + 1)),
        instanceTypes: [spec.instanceType],
        amiType: "AL2023_x86_64_STANDARD",
        launchTemplate: { id: launchTemplate.id, version: pulumi.interpolate`${launchTemplate.latestVersion}` },
        scalingConfig: { minSize: group.minNodes, maxSize: group.maxNodes, desiredSize: group.desiredNodes },
        updateConfig: { maxUnavailablePercentage: 10 },
        nodeRepairConfig: { enabled: true },
        labels: { role: "proxy", tier: "compute" },
        taints: [{ key: "workload", value: "proxy", effect: "NO_SCHEDULE" }],
        tags: named(groupName, spec.tags),
      },
      // The autoscaler owns the number of nodes between the limits.
      { parent, ignoreChanges: ["scalingConfig.desiredSize"], dependsOn: [spec.nodeRole] },
    );
  });
}

function createLaunchTemplate(name: string, spec: NodeGroupsSpec, parent: pulumi.Resource): aws.ec2.LaunchTemplate {
  const templateName = `${name}-nodes`;
  const tags = named(templateName, spec.tags);
  return new aws.ec2.LaunchTemplate(
    templateName,
    {
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 2 },
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: {
            volumeSize: 50,
            volumeType: "gp3",
            encrypted: "true",
            kmsKeyId: spec.kmsKeyArn,
            deleteOnTermination: "true",
          },
        },
      ],
      vpcSecurityGroupIds: spec.securityGroupIds,
      tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
      tags,
    },
    { parent },
  );
}
