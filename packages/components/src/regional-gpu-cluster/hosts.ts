import * as pulumi from "@pulumi/pulumi";
import type * as aws from "@pulumi/aws";
import type { NetworkPlacement } from "../network/placement.ts";
import type { Tags } from "../shared/tags.ts";
import type { Discovery } from "./discovery.ts";
import { createFleet, type GpuGroup } from "./fleet.ts";
import { scaleFleet } from "./fleet-scaling.ts";
import type { GpuClusterPlan } from "./gpu-cluster-plan.ts";
import type { HostRole } from "./host-role.ts";
import { launchTemplate } from "./launch-template.ts";
import { createRegistrar } from "./registrar.ts";
import { hostUserData } from "./user-data.ts";

/** What the GPU hosts are made of. */
export interface HostsSpec {
  network: NetworkPlacement;
  host: HostRole;
  securityGroup: aws.ec2.SecurityGroup;
  operationsKeyArn: pulumi.Input<string>;
  launchingRoleArn: pulumi.Input<string>;
  certificateSecretArn: pulumi.Input<string>;
  logGroup: aws.cloudwatch.LogGroup;
  discovery: Discovery;
  logRetentionDays: number;
  tags: Tags;
}

/** The GPU hosts: a template, a group for each zone and source of capacity, what scales them, and what tells the routers of them. */
export function createHosts(name: string, plan: GpuClusterPlan, spec: HostsSpec, parent: pulumi.Resource): GpuGroup[] {
  const { network, discovery, operationsKeyArn, launchingRoleArn, logRetentionDays, tags } = spec;
  const userData = pulumi
    .all([spec.certificateSecretArn, spec.logGroup.name])
    .apply(([certificateSecretArn, logGroupName]) => hostUserData(name, plan, { certificateSecretArn, logGroupName }));
  const template = launchTemplate(
    name,
    plan,
    {
      profileArn: spec.host.profile.arn,
      securityGroupId: spec.securityGroup.id,
      kmsKeyArn: operationsKeyArn,
      userData,
      tags,
    },
    parent,
  );
  const groups = createFleet(
    name,
    plan,
    { network, launchTemplate: template, launchingRoleArn, hostRights: spec.host.rights, tags },
    parent,
  );
  scaleFleet(name, plan, groups, tags, parent);
  createRegistrar(name, { discovery, groups, kmsKeyArn: operationsKeyArn, logRetentionDays, tags }, parent);
  return groups;
}
