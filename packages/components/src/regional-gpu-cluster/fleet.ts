import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { NetworkPlacement } from "../network/placement.ts";
import { named, type Tags } from "../shared/tags.ts";
import { CapacitySource, type GpuGroupPlan } from "./fleet-plan.ts";
import type { GpuClusterPlan } from "./gpu-cluster-plan.ts";
import { gpuGroupName } from "./host-role.ts";
import { lifecycleHooks } from "./user-data.ts";

export interface FleetSpec {
  network: NetworkPlacement;
  launchTemplate: aws.ec2.LaunchTemplate;
  /** What Auto Scaling launches hosts as. */
  launchingRoleArn: pulumi.Input<string>;
  /** What gives hosts their rights. */
  hostRights: pulumi.Resource[];
  tags: Tags;
}

/** A group as planned and as created. */
export interface GpuGroup {
  plan: GpuGroupPlan;
  group: aws.autoscaling.Group;
}

/** Seconds that a host has to become ready: packages, images and the model. */
const launchSeconds = 900;
/** Seconds between a host's first request and its figures being believed. */
const warmupSeconds = 180;
/** One host more than there are for every ten, and never one less. */
const maintenance = { minHealthyPercentage: 100, maxHealthyPercentage: 110 };
/** Minutes that a group may take to end beside what its hosts take to drain. */
const deletionMinutes = 15;

/** A group for each zone and source. Sizes are the plan's; what scaling changed since is left as it is. */
export function createFleet(name: string, plan: GpuClusterPlan, spec: FleetSpec, parent: pulumi.Resource): GpuGroup[] {
  const placementGroups = new Map(
    plan.fleet.placementGroups.map(({ key, strategy }) => {
      const groupName = `${name}-gpu-${key}`;
      return [
        key,
        new aws.ec2.PlacementGroup(
          groupName,
          {
            name: groupName,
            strategy,
            ...(strategy === "partition" ? { partitionCount: 7 } : {}),
            tags: named(groupName, spec.tags),
          },
          { parent },
        ),
      ];
    }),
  );
  return plan.fleet.groups.map((group) => ({
    plan: group,
    group: createGroup(name, plan, group, placementGroups.get(group.placementGroup ?? ""), spec, parent),
  }));
}

function createGroup(
  name: string,
  plan: GpuClusterPlan,
  group: GpuGroupPlan,
  placementGroup: aws.ec2.PlacementGroup | undefined,
  spec: FleetSpec,
  parent: pulumi.Resource,
): aws.autoscaling.Group {
  const groupName = gpuGroupName(name, group.key);
  const zoneIndex = plan.zoneIds.indexOf(group.zoneId);
  const tags = { ...named(groupName, spec.tags), "mrgc:source": group.source };
  const hooks = lifecycleHooksOf(plan.fleet.drainSeconds);
  const created = new aws.autoscaling.Group(
    groupName,
    {
      name: groupName,
      minSize: group.min,
      maxSize: group.max,
      vpcZoneIdentifiers: [pulumi.output(spec.network.privateSubnetIds).apply((ids) => ids[zoneIndex] ?? "")],
      ...(placementGroup === undefined ? {} : { placementGroup: placementGroup.name }),
      ...launch(group, spec.launchTemplate),
      ...(group.reservationIds.length === 0
        ? {}
        : {
            capacityReservationSpecification: {
              // First, not only: the one host more that an instance refresh starts has no place in a full reservation.
              capacityReservationPreference: "capacity-reservations-first",
              capacityReservationTarget: { capacityReservationIds: [...group.reservationIds] },
            },
          }),
      capacityRebalance: group.source === CapacitySource.Spot,
      ...(group.warmPool === 0
        ? {}
        : { warmPool: { poolState: "Stopped", minSize: group.warmPool, maxGroupPreparedCapacity: group.max } }),
      serviceLinkedRoleArn: spec.launchingRoleArn,
      healthCheckType: "EC2",
      healthCheckGracePeriod: launchSeconds,
      defaultInstanceWarmup: warmupSeconds,
      // New hosts are protected: the agent lifts it when the host is idle, and sets it while it serves.
      protectFromScaleIn: true,
      instanceMaintenancePolicy: maintenance,
      initialLifecycleHooks: hooks,
      instanceRefresh: {
        strategy: "Rolling",
        preferences: {
          ...maintenance,
          instanceWarmup: String(warmupSeconds),
          checkpointPercentages: [10, 50, 100],
          checkpointDelay: "600",
          autoRollback: true,
          skipMatching: true,
          // A busy host is protected from scale-in, and a fleet that is always busy is to be refreshed all the same: each
          // host has its successor first, and its hook lets it finish.
          scaleInProtectedInstances: "Refresh",
        },
      },
      enabledMetrics: [
        "GroupDesiredCapacity",
        "GroupInServiceInstances",
        "GroupMinSize",
        "GroupMaxSize",
        "GroupPendingInstances",
        "GroupTerminatingInstances",
        "GroupTotalInstances",
      ],
      metricsGranularity: "1Minute",
      // A preview or an update does not wait for GPUs that may not be had; alarms tell.
      waitForCapacityTimeout: "0",
      tags: Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
    },
    {
      parent,
      dependsOn: spec.hostRights,
      // The initial hooks are there from the first host on; changed, they would replace the group, so changes come by the
      // hooks below. Schedules own the minimum.
      ignoreChanges: ["desiredCapacity", "initialLifecycleHooks", ...(scheduled(plan, group) ? ["minSize"] : [])],
      customTimeouts: { delete: `${Math.ceil(plan.fleet.drainSeconds / 60) + deletionMinutes}m` },
    },
  );
  for (const hook of hooks) {
    new aws.autoscaling.LifecycleHook(
      `${groupName}-${hook.name}`,
      { ...hook, autoscalingGroupName: created.name },
      // It ends with its group, and not before: hosts of a group that goes are to drain.
      { parent: created, retainOnDelete: true },
    );
  }
  return created;
}

/** What a host waits for before it serves, and before it ends. */
function lifecycleHooksOf(drainSeconds: number) {
  return [
    {
      name: lifecycleHooks.launch,
      lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
      defaultResult: "ABANDON",
      heartbeatTimeout: launchSeconds,
    },
    {
      name: lifecycleHooks.terminate,
      lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
      defaultResult: "CONTINUE",
      heartbeatTimeout: drainSeconds,
    },
  ];
}

function scheduled(plan: GpuClusterPlan, group: GpuGroupPlan): boolean {
  return group.source === CapacitySource.OnDemand && plan.fleet.schedules.length > 0;
}

/** One on-demand type is launched by the template itself, which a warm pool needs; anything else by a mixed policy. */
function launch(
  group: GpuGroupPlan,
  template: aws.ec2.LaunchTemplate,
): Pick<aws.autoscaling.GroupArgs, "launchTemplate" | "mixedInstancesPolicy"> {
  const version = template.latestVersion.apply(String);
  if (group.source === CapacitySource.OnDemand && group.instanceTypes.length === 1) {
    return { launchTemplate: { id: template.id, version } };
  }
  const spot = group.source === CapacitySource.Spot;
  return {
    mixedInstancesPolicy: {
      instancesDistribution: {
        onDemandBaseCapacity: 0,
        onDemandPercentageAboveBaseCapacity: spot ? 0 : 100,
        onDemandAllocationStrategy: "prioritized",
        ...(spot ? { spotAllocationStrategy: "capacity-optimized-prioritized" } : {}),
      },
      launchTemplate: {
        launchTemplateSpecification: { launchTemplateId: template.id, version },
        overrides: group.instanceTypes.map((instanceType) => ({ instanceType })),
      },
    },
  };
}
