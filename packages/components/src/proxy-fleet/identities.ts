import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { serviceRole } from "../building-blocks/service-role.ts";
import type { Statement } from "../shared/iam-policy.ts";
import { named, type Tags } from "../shared/tags.ts";

/** A role that pods take by EKS Pod Identity. */
export interface PodRoleSpec {
  description: string;
  statements?: Statement<pulumi.Input<string>>[];
  /** Names of AWS' own policies, where AWS asks for them. */
  managedPolicies?: string[];
  tags: Tags;
}

/** The role; only EKS in this account hands it out. */
export function podRole(name: string, spec: PodRoleSpec, parent: pulumi.Resource): aws.iam.Role {
  const { accountId } = aws.getCallerIdentityOutput({}, { parent });
  const { partition } = aws.getPartitionOutput({}, { parent });
  return serviceRole(
    name,
    {
      service: "pods.eks.amazonaws.com",
      description: spec.description,
      statements: spec.statements ?? [],
      managedPolicyArns: (spec.managedPolicies ?? []).map(
        (policy) => pulumi.interpolate`arn:${partition}:iam::aws:policy/${policy}`,
      ),
      trustActions: ["sts:TagSession"],
      trustConditions: { StringEquals: { "aws:SourceAccount": accountId } },
      tags: spec.tags,
    },
    parent,
  );
}

/** Gives a role to a service account. */
export function identify(
  name: string,
  spec: {
    clusterName: pulumi.Input<string>;
    namespace: string;
    serviceAccount: string;
    role: aws.iam.Role;
    tags: Tags;
  },
  parent: pulumi.Resource,
): aws.eks.PodIdentityAssociation {
  return new aws.eks.PodIdentityAssociation(
    name,
    {
      clusterName: spec.clusterName,
      namespace: spec.namespace,
      serviceAccount: spec.serviceAccount,
      roleArn: spec.role.arn,
      tags: named(name, spec.tags),
    },
    { parent },
  );
}

/** What the autoscaler may do: look at everything, and change the size of this cluster's groups alone. */
export function autoscalerStatements(clusterName: string): Statement<pulumi.Input<string>>[] {
  return [
    {
      sid: "LookAtGroupsAndTypes",
      actions: [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "autoscaling:DescribeLaunchConfigurations",
        "autoscaling:DescribeScalingActivities",
        "autoscaling:DescribeTags",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:GetInstanceTypesFromInstanceRequirements",
        "eks:DescribeNodegroup",
      ],
      resources: ["*"],
    },
    {
      sid: "ResizeOwnGroups",
      actions: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
      resources: ["*"],
      conditions: { StringEquals: { [`aws:ResourceTag/k8s.io/cluster-autoscaler/${clusterName}`]: "owned" } },
    },
  ];
}

/** What the load balancer controller may do: join pods to the fleet's target groups, and make nothing. */
export function targetStatements(targetGroupArns: pulumi.Input<string>[]): Statement<pulumi.Input<string>>[] {
  return [
    {
      sid: "LookAtTargets",
      actions: [
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeInstances",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
      ],
      resources: ["*"],
    },
    {
      sid: "JoinTargets",
      actions: ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"],
      resources: targetGroupArns,
    },
  ];
}

/** What a proxy may do: read its two secrets, and log in to the database as the users it was given. */
export function proxyStatements(spec: {
  region: string;
  secretArns: pulumi.Input<string>[];
  keyArns: pulumi.Input<string>[];
  databaseUserArns: pulumi.Input<string>[];
}): Statement<pulumi.Input<string>>[] {
  return [
    {
      sid: "ReadOwnSecrets",
      actions: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
      resources: spec.secretArns,
    },
    {
      sid: "DecryptOwnSecrets",
      actions: ["kms:Decrypt"],
      resources: spec.keyArns,
      conditions: { StringEquals: { "kms:ViaService": `secretsmanager.${spec.region}.amazonaws.com` } },
    },
    ...(spec.databaseUserArns.length === 0
      ? []
      : [{ sid: "LogInToDatabase", actions: ["rds-db:connect"], resources: spec.databaseUserArns }]),
  ];
}
