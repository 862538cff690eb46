import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { logGroup } from "../building-blocks/log-group.ts";
import type { Tags } from "../shared/tags.ts";
import type { HotTierRedisArgs } from "./args.ts";
import type { CertificateAuthority } from "./certificate-authority.ts";
import type { ClusterSecrets } from "./credentials.ts";
import { nodeGroups, type NodeGroup } from "./groups.ts";
import type { HotTierPlan } from "./hot-tier-plan.ts";
import type { ClusterKey } from "./keys.ts";
import { launchTemplate } from "./launch-template.ts";
import { nodeProfile } from "./node-role.ts";
import type { Seeds } from "./seeds.ts";
import { userData } from "./user-data.ts";

/** What the machines need of the cluster's other resources. */
export interface NodeParts {
  clusterKey: ClusterKey;
  authority: CertificateAuthority;
  secrets: ClusterSecrets;
  securityGroup: aws.ec2.SecurityGroup;
  seeds: Seeds;
  /** Alarms that stop a rolling replacement. */
  guards: aws.cloudwatch.MetricAlarm[];
  /** Ways to AWS that a machine needs from its first boot on. */
  endpoints: aws.ec2.VpcEndpoint[];
}

/** The machines and where they log. */
export interface Nodes {
  groups: NodeGroup[];
  logGroup: aws.cloudwatch.LogGroup;
}

/** The nodes' log, role, launch template and groups. */
export function createNodes(
  name: string,
  args: HotTierRedisArgs,
  plan: HotTierPlan,
  parts: NodeParts,
  tags: Tags,
  parent: pulumi.Resource,
): Nodes {
  const { key, autoScalingRole } = parts.clusterKey;
  const log = logGroup(
    `${name}-log`,
    {
      logGroupName: `/mrgc/${plan.clusterName}/${plan.region}/nodes`,
      kmsKeyArn: key.arn,
      retentionDays: args.logRetentionDays,
      tags,
    },
    parent,
  );
  const profile = nodeProfile(
    name,
    args,
    plan,
    {
      kmsKeyArn: key.arn,
      secretArns: Object.values(parts.secrets),
      certificateAuthorityArn: parts.authority.arn,
      logGroupArn: log.arn,
    },
    tags,
    parent,
  );
  const settings = pulumi.output({
    certificateAuthorityArn: parts.authority.arn,
    seedName: parts.seeds.loadBalancer.dnsName,
    secretArns: parts.secrets,
    logGroupName: log.name,
  });
  const template = launchTemplate(
    name,
    args,
    plan,
    {
      instanceProfileArn: profile.arn,
      securityGroupId: parts.securityGroup.id,
      kmsKeyArn: key.arn,
      userData: settings.apply((known) => userData(args, plan, known)),
    },
    tags,
    parent,
  );
  const groups = nodeGroups(
    name,
    plan,
    {
      launchTemplate: template,
      subnetIds: args.network.dataSubnetIds,
      serviceLinkedRoleArn: autoScalingRole.arn,
      seedTargetGroupArn: parts.seeds.targetGroup.arn,
      guardAlarmNames: parts.guards.map((alarm) => alarm.name),
      endpoints: parts.endpoints,
    },
    tags,
    parent,
  );
  return { groups, logGroup: log };
}
