import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { named, type Tags } from "../shared/tags.ts";
import type { GpuClusterPlan } from "./gpu-cluster-plan.ts";

export interface LaunchTemplateSpec {
  profileArn: pulumi.Input<string>;
  securityGroupId: pulumi.Input<string>;
  kmsKeyArn: pulumi.Input<string>;
  /** Base64. */
  userData: pulumi.Input<string>;
  tags: Tags;
}

/** How every GPU host is made: no key pair, no public address, metadata by IMDSv2 only, encrypted volumes. */
export function launchTemplate(
  name: string,
  plan: GpuClusterPlan,
  spec: LaunchTemplateSpec,
  parent: pulumi.Resource,
): aws.ec2.LaunchTemplate {
  const templateName = `${name}-gpu`;
  const { fleet, attestation, host } = plan;
  return new aws.ec2.LaunchTemplate(
    templateName,
    {
      description: `GPU host of ${name}`,
      // Read here and not by EC2 at each launch: Auto Scaling rolls no refresh back, and skips no host, where a template names
      // a parameter; and a preview would not show that hosts are to have another image.
      imageId: aws.ssm.getParameterOutput({ name: host.amiSsmParameter }, { parent }).value,
      instanceType: fleet.types[0]?.type,
      iamInstanceProfile: { arn: spec.profileArn },
      ebsOptimized: "true",
      enclaveOptions: { enabled: attestation.enclave !== undefined },
      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: "required",
        // Containers use the host's network, so one hop is enough.
        httpPutResponseHopLimit: 1,
        instanceMetadataTags: "enabled",
      },
      monitoring: { enabled: true },
      // Recovery would keep a host whose GPU may be what failed: the group replaces it instead.
      maintenanceOptions: { autoRecovery: "disabled" },
      instanceInitiatedShutdownBehavior: "terminate",
      networkInterfaces: networkInterfaces(fleet.efaInterfaces, spec.securityGroupId),
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: {
            volumeType: "gp3",
            volumeSize: fleet.rootVolumeGib,
            encrypted: "true",
            kmsKeyId: spec.kmsKeyArn,
            deleteOnTermination: "true",
          },
        },
      ],
      tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
        resourceType,
        tags: named(templateName, spec.tags),
      })),
      updateDefaultVersion: true,
      userData: spec.userData,
      tags: named(templateName, spec.tags),
    },
    { parent },
  );
}

/** One interface, or one for each EFA: the first speaks IP too, the others EFA only, on a network card each. */
function networkInterfaces(
  efaInterfaces: number,
  securityGroupId: pulumi.Input<string>,
): aws.types.input.ec2.LaunchTemplateNetworkInterface[] {
  return Array.from({ length: Math.max(1, efaInterfaces) }, (_, card) => ({
    deviceIndex: card === 0 ? 0 : 1,
    networkCardIndex: card,
    ...(efaInterfaces === 0 ? {} : { interfaceType: card === 0 ? "efa" : "efa-only" }),
    ...(card === 0 ? { associatePublicIpAddress: "false" } : {}),
    deleteOnTermination: "true",
    securityGroups: [securityGroupId],
  }));
}
