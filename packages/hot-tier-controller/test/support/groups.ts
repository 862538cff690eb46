import {
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  PutLifecycleHookCommand,
} from "@aws-sdk/client-auto-scaling";
import type { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { hookNames } from "../../src/aws/fleet.ts";

const launchConfiguration = "lc";

const transitions = {
  launching: "autoscaling:EC2_INSTANCE_LAUNCHING",
  terminating: "autoscaling:EC2_INSTANCE_TERMINATING",
} as const;

/** What the groups launch. */
export async function createLaunchConfiguration(autoScaling: AutoScalingClient): Promise<void> {
  const machine = { ImageId: "ami-1", InstanceType: "r6i.4xlarge" };
  await autoScaling.send(
    new CreateLaunchConfigurationCommand({ LaunchConfigurationName: launchConfiguration, ...machine }),
  );
}

/** An empty group as `HotTierRedis` makes it: machines are protected from scale-in, and hooks wait for the controller. */
export async function createGroup(
  autoScaling: AutoScalingClient,
  name: string,
  subnetId: string,
  hooks: readonly (keyof typeof hookNames)[],
): Promise<void> {
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      LaunchConfigurationName: launchConfiguration,
      ...{ MinSize: 0, MaxSize: 10, DesiredCapacity: 0, NewInstancesProtectedFromScaleIn: true },
      VPCZoneIdentifier: subnetId,
      Tags: [{ Key: "mrgc:cluster", Value: "hot", PropagateAtLaunch: true }],
    }),
  );
  for (const hook of hooks) {
    await autoScaling.send(
      new PutLifecycleHookCommand({
        AutoScalingGroupName: name,
        LifecycleHookName: hookNames[hook],
        LifecycleTransition: transitions[hook],
        HeartbeatTimeout: 900,
      }),
    );
  }
}
