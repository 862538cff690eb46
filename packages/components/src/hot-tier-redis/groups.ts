import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { named, type Tags } from "../shared/tags.ts";
import { PlacementStrategy } from "./args.ts";
import type { HotTierPlan } from "./hot-tier-plan.ts";
import type { GroupPlan } from "./shard-plan.ts";

/** One group of machines as it was created. */
export interface NodeGroup {
  plan: GroupPlan;
  placementGroup: aws.ec2.PlacementGroup;
  autoScalingGroup: aws.autoscaling.Group;
}

/** What the groups launch and where. */
export interface GroupParts {
  launchTemplate: aws.ec2.LaunchTemplate;
  /** One data subnet per zone, in the zones' order. */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  serviceLinkedRoleArn: pulumi.Input<string>;
  /** Target group that answers clients with seeds. */
  seedTargetGroupArn: pulumi.Input<string>;
  /** Alarms that stop a rolling replacement and roll it back. */
  guardAlarmNames: pulumi.Input<string>[];
  /** Ways to AWS that a machine needs from its first boot on. */
  endpoints: aws.ec2.VpcEndpoint[];
}

/** Names that the controller waits for (docs/decisions/030-controller-contract.md), and what happens when nobody answers. */
const hooks = [
  {
    name: "mrgc-launching",
    lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
    defaultResult: "ABANDON",
    heartbeatTimeout: 900,
  },
  {
    name: "mrgc-terminating",
    lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
    defaultResult: "CONTINUE",
    heartbeatTimeout: 900,
  },
];

/** Partitions of a placement group, at most, in one zone. */
const partitions = 7;

/** A placement group and an Auto Scaling group for each group of the plan. */
export function nodeGroups(
  name: string,
  plan: HotTierPlan,
  parts: GroupParts,
  tags: Tags,
  parent: pulumi.Resource,
): NodeGroup[] {
  return plan.shardPlan.groups.map((group) => nodeGroup(`${name}-${group.key}`, plan, group, parts, tags, parent));
}

function nodeGroup(
  name: string,
  plan: HotTierPlan,
  group: GroupPlan,
  parts: GroupParts,
  tags: Tags,
  parent: pulumi.Resource,
): NodeGroup {
  const placementGroup = new aws.ec2.PlacementGroup(
    `${name}-placement`,
    {
      strategy: plan.placementStrategy,
      ...(plan.placementStrategy === PlacementStrategy.Partition ? { partitionCount: partitions } : {}),
      tags: named(`${name}-placement`, tags),
    },
    { parent },
  );
  const contractTags = { "mrgc:cluster": plan.clusterName, "mrgc:zone": group.zoneId, "mrgc:group": group.name };
  const autoScalingGroup = new aws.autoscaling.Group(
    `${name}-group`,
    {
      launchTemplate: { id: parts.launchTemplate.id, version: parts.launchTemplate.latestVersion.apply(String) },
      vpcZoneIdentifiers: [pulumi.output(parts.subnetIds).apply((ids) => ids[group.zoneIndex]!)],
      placementGroup: placementGroup.id,
      serviceLinkedRoleArn: parts.serviceLinkedRoleArn,
      targetGroupArns: group.name === "a" ? [parts.seedTargetGroupArn] : [],
      minSize: 0,
      desiredCapacity: group.nodes,
      maxSize: plan.maxSizes[group.key]!,
      // A node that loads its data answers no health check of a load balancer for minutes (correction E32): only EC2's own counts.
      healthCheckType: "EC2",
      healthCheckGracePeriod: 300,
      protectFromScaleIn: true,
      suspendedProcesses: ["AZRebalance"],
      terminationPolicies: ["OldestLaunchTemplate", "OldestInstance"],
      instanceMaintenancePolicy: { minHealthyPercentage: 100, maxHealthyPercentage: 110 },
      instanceRefresh: rollingReplacement(parts.guardAlarmNames),
      ...(plan.warmNodesPerGroup === 0 ? {} : { warmPool: warmPool(plan.warmNodesPerGroup) }),
      initialLifecycleHooks: hooks,
      enabledMetrics: [
        "GroupDesiredCapacity",
        "GroupInServiceInstances",
        "GroupPendingInstances",
        "WarmPoolWarmedCapacity",
      ],
      defaultInstanceWarmup: 0,
      waitForCapacityTimeout: "0",
      tags: Object.entries({ ...named(name, tags), ...contractTags }).map(([key, value]) => ({
        key,
        value,
        propagateAtLaunch: true,
      })),
    },
    // The controller owns the size. Hooks are there from the first machine on; later changes to them come by their own resources,
    // because a change of the initial ones would replace the group.
    { parent, ignoreChanges: ["desiredCapacity", "initialLifecycleHooks"], dependsOn: parts.endpoints },
  );
  for (const hook of hooks) {
    new aws.autoscaling.LifecycleHook(
      `${name}-${hook.name}`,
      { ...hook, autoscalingGroupName: autoScalingGroup.name },
      { parent: autoScalingGroup },
    );
  }
  return { plan: group, placementGroup, autoScalingGroup };
}

/**
 * A new launch template version replaces nodes one after another, successors first. The hooks make it safe: a successor
 * counts once the controller has seen it synced, and its predecessor goes once the controller has failed over.
 */
function rollingReplacement(guardAlarmNames: pulumi.Input<string>[]) {
  return {
    strategy: "Rolling",
    preferences: {
      minHealthyPercentage: 100,
      maxHealthyPercentage: 110,
      scaleInProtectedInstances: "Refresh",
      skipMatching: true,
      autoRollback: true,
      alarmSpecification: { alarms: guardAlarmNames },
    },
  };
}

function warmPool(size: number) {
  return { poolState: "Stopped", minSize: size, instanceReusePolicy: { reuseOnScaleIn: false } };
}
