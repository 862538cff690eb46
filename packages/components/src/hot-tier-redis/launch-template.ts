import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { named, type Tags } from "../shared/tags.ts";
import type { HotTierRedisArgs } from "./args.ts";
import type { HotTierPlan } from "./hot-tier-plan.ts";
import type { VolumePlan } from "./node-plan.ts";

/** Device name of the data volume as EC2 knows it; on the machine it is an NVMe device that is found by this name. */
export const dataDevice = "/dev/xvdf";

/** What a machine is made of beside the plan. */
export interface LaunchTemplateParts {
  instanceProfileArn: pulumi.Input<string>;
  securityGroupId: pulumi.Input<string>;
  kmsKeyArn: pulumi.Input<string>;
  /** What cloud-init runs, base64. */
  userData: pulumi.Input<string>;
}

/** One launch template for every group: zone and placement come from the group, the rest is the same on every node. */
export function launchTemplate(
  name: string,
  args: HotTierRedisArgs,
  plan: HotTierPlan,
  parts: LaunchTemplateParts,
  tags: Tags,
  parent: pulumi.Resource,
): aws.ec2.LaunchTemplate {
  const templateName = `${name}-node`;
  const nodeTags = { ...named(plan.clusterName, tags), "mrgc:cluster": plan.clusterName };
  return new aws.ec2.LaunchTemplate(
    templateName,
    {
      description: `Node of the hot tier ${plan.clusterName}`,
      imageId: imageId(args, plan, parent),
      instanceType: plan.node.type.type,
      iamInstanceProfile: { arn: parts.instanceProfileArn },
      ebsOptimized: "true",
      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: "required",
        httpPutResponseHopLimit: 1,
        instanceMetadataTags: "enabled",
      },
      monitoring: { enabled: true },
      // A machine that hardware failed under comes back with its memory empty: the group replaces it instead.
      maintenanceOptions: { autoRecovery: "disabled" },
      instanceInitiatedShutdownBehavior: "terminate",
      networkInterfaces: [
        {
          deviceIndex: 0,
          associatePublicIpAddress: "false",
          deleteOnTermination: "true",
          securityGroups: [parts.securityGroupId],
        },
      ],
      blockDeviceMappings: [
        volume("/dev/xvda", plan.node.rootVolume, parts.kmsKeyArn, true),
        volume(dataDevice, plan.node.dataVolume, parts.kmsKeyArn, !plan.retainDataVolumes),
      ],
      tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
        resourceType,
        tags: nodeTags,
      })),
      updateDefaultVersion: true,
      userData: parts.userData,
      tags: named(templateName, tags),
    },
    { parent },
  );
}

function imageId(args: HotTierRedisArgs, plan: HotTierPlan, parent: pulumi.Resource): pulumi.Input<string> {
  const parameter =
    args.imageParameter ?? `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${plan.node.architecture}`;
  return args.imageId ?? aws.ssm.getParameterOutput({ name: parameter }, { parent }).value;
}

function volume(deviceName: string, plan: VolumePlan, kmsKeyId: pulumi.Input<string>, deleteOnTermination: boolean) {
  return {
    deviceName,
    ebs: {
      volumeType: "gp3",
      volumeSize: plan.sizeGib,
      iops: plan.iops,
      throughput: plan.throughputMBps,
      encrypted: "true",
      kmsKeyId,
      deleteOnTermination: String(deleteOnTermination),
    },
  };
}
