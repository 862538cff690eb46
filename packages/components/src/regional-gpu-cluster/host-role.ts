import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { pullImages } from "../building-blocks/pull-images.ts";
import { serviceRoleAndRights } from "../building-blocks/service-role.ts";
import { keysOf, readSecrets } from "../building-blocks/read-secrets.ts";
import { sessionManagerActions } from "../building-blocks/session-manager.ts";
import { named, type Tags } from "../shared/tags.ts";
import { gpuMetricNamespace } from "./cloudwatch-agent.ts";
import type { GpuClusterPlan } from "./gpu-cluster-plan.ts";

export interface HostRoleSpec {
  certificateSecretArn: pulumi.Input<string>;
  /** Left out, Secrets Manager's own key, which needs no right. */
  certificateKeyArn?: pulumi.Input<string>;
  logGroupArn: pulumi.Input<string>;
  tags: Tags;
}

/** The role with its profile, and what gives it its rights. */
export interface HostRole {
  role: aws.iam.Role;
  profile: aws.iam.InstanceProfile;
  rights: pulumi.Resource[];
}

/** Physical name of a group: the host's role may speak of these groups only. */
export function gpuGroupName(name: string, key: string): string {
  return `${name}-gpu-${key}`;
}

/**
 * Role of the GPU hosts. It may ask the attested key, whose own policy lets only an attested recipient through; beside that
 * it pulls images, tells its health and ends its own lifecycle actions.
 */
export function hostRole(name: string, plan: GpuClusterPlan, spec: HostRoleSpec, parent: pulumi.Resource): HostRole {
  const roleName = `${name}-gpu-role`;
  const identity = aws.getCallerIdentityOutput({}, { parent });
  const partition = aws.getPartitionOutput({}, { parent });
  const { enclave } = plan.attestation;
  const groups = pulumi.interpolate`arn:${partition.partition}:autoscaling:${plan.region}:${identity.accountId}:autoScalingGroup:*:autoScalingGroupName/${gpuGroupName(name, "*")}`;
  const { role, rights } = serviceRoleAndRights(
    roleName,
    {
      service: "ec2.amazonaws.com",
      description: `GPU hosts of ${name}`,
      statements: [
        ...pullImages([plan.host.modelImage, plan.host.dcgmExporterImage], parent),
        ...readSecrets([spec.certificateSecretArn], keysOf(spec.certificateKeyArn), plan.region),
        ...(enclave === undefined
          ? []
          : [
              {
                sid: "ReadEnclaveImage",
                actions: ["s3:GetObject"],
                resources: [
                  pulumi.interpolate`arn:${partition.partition}:s3:::${enclave.imageBucket}/${enclave.imageKey}`,
                ],
              },
            ]),
        {
          sid: "OwnLifecycle",
          actions: [
            "autoscaling:CompleteLifecycleAction",
            "autoscaling:RecordLifecycleActionHeartbeat",
            "autoscaling:SetInstanceHealth",
            "autoscaling:SetInstanceProtection",
          ],
          resources: [groups],
        },
        {
          sid: "TellMetrics",
          actions: ["cloudwatch:PutMetricData"],
          resources: ["*"],
          conditions: { StringEquals: { "cloudwatch:namespace": gpuMetricNamespace } },
        },
        {
          sid: "WriteLog",
          actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
          resources: [pulumi.interpolate`${spec.logGroupArn}:*`],
        },
        {
          sid: "SessionManager",
          actions: sessionManagerActions,
          resources: ["*"],
        },
      ],
      tags: spec.tags,
    },
    parent,
  );
  const profile = new aws.iam.InstanceProfile(
    `${name}-gpu-profile`,
    { role: role.name, tags: named(`${name}-gpu-profile`, spec.tags) },
    { parent: role },
  );
  return { role, profile, rights };
}
