import type { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { PutWarmPoolCommand, SetDesiredCapacityCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeInstancesCommand, DescribeSubnetsCommand, StopInstancesCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startAwsEmulator } from "../../../test/support/aws-emulator.ts";
import type { AwsEmulator } from "../../../test/support/aws-emulator.ts";
import { awsClients } from "../src/aws/environment.ts";
import type { AwsClients } from "../src/aws/environment.ts";
import { AwsFleet } from "../src/aws/fleet.ts";
import type { ZoneSettings } from "../src/run/settings.ts";
import { createGroup, createLaunchConfiguration } from "./support/groups.ts";

let aws: AwsEmulator;
let clients: AwsClients;
let subnetId: string;
let zoneId: string;

beforeAll(async () => {
  aws = await startAwsEmulator("us-west-2");
  Object.assign(process.env, aws.environment);
  clients = awsClients();
  const { Subnets = [] } = await clients.ec2.send(new DescribeSubnetsCommand({}));
  subnetId = Subnets[0]?.SubnetId ?? "";
  zoneId = Subnets[0]?.AvailabilityZoneId ?? "";
  await createLaunchConfiguration(clients.autoScaling);
});

afterAll(() => aws.stop());

/** A zone with two groups of its own, and what sees it. */
async function zoneOf(
  name: string,
  { maxNodes = 9, hooks = [] as Parameters<typeof createGroup>[3], sizes = [0, 0] } = {},
): Promise<{ fleet: AwsFleet; zone: ZoneSettings; sizes: () => Promise<number[]> }> {
  const groups = ["a", "b"].map((group) => ({ name: group, autoScalingGroup: `${name}-${group}`, maxNodes }));
  const { autoScaling } = clients;
  for (const [index, { autoScalingGroup }] of groups.entries()) {
    await createGroup(autoScaling, autoScalingGroup, subnetId, hooks);
    await autoScaling.send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName: autoScalingGroup, DesiredCapacity: sizes[index] }),
    );
  }
  const zone = { zoneId, groups };
  const machinesIn = async (): Promise<number[]> => {
    const instances = await Promise.all(groups.map(({ autoScalingGroup }) => instancesOf(autoScalingGroup)));
    return instances.map(({ length }) => length);
  };
  return { fleet: new AwsFleet(clients, name, 6379, [zone]), zone, sizes: machinesIn };
}

/** Instances of a group that EC2 has not terminated, with their states. */
async function instancesOf(group: string) {
  const Filters = [{ Name: "tag:aws:autoscaling:groupName", Values: [group] }];
  const { Reservations = [] } = await clients.ec2.send(new DescribeInstancesCommand({ Filters }));
  const all = Reservations.flatMap(({ Instances = [] }) => Instances);
  return all.filter(({ State }) => State?.Name !== "terminated");
}

/** Lets Auto Scaling call every machine's state something else, as long as `work` goes on. */
async function whileStateIs(autoScaling: AutoScalingClient, state: string, work: () => Promise<void>): Promise<void> {
  interface Output {
    AutoScalingGroups?: { Instances?: { LifecycleState?: string }[] }[];
  }
  autoScaling.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { AutoScalingGroups = [] } = result.output as Output;
      AutoScalingGroups.flatMap(({ Instances = [] }) => Instances).forEach((one) => (one.LifecycleState = state));
      return result;
    },
    { step: "initialize", name: "state" },
  );
  try {
    await work();
  } finally {
    autoScaling.middlewareStack.remove("state");
  }
}

test("a zone grows evenly, by what is missing: machines that are there are protected and would stay in a group that is asked for fewer", async () => {
  const { fleet, sizes } = await zoneOf("grow", { sizes: [2, 2] });
  await fleet.setCapacity(zoneId, 7);
  expect(await sizes()).toEqual([4, 3]);
  expect((await fleet.capacity())[zoneId]).toBe(7);
  const machines = await fleet.machines();
  expect(machines.map(({ zone, state }) => [zone, state])).toEqual(
    Array.from({ length: 7 }, () => [zoneId, "running"]),
  );
  expect(machines.every(({ address }) => /^\d+\.\d+\.\d+\.\d+:6379$/.test(address))).toBe(true);
});

test("a zone's groups say when they are too small, and take what they hold", async () => {
  const { fleet, sizes } = await zoneOf("small", { maxNodes: 2 });
  await expect(fleet.setCapacity(zoneId, 5)).rejects.toThrow(/hold 4 nodes at most, 5 are wanted: raise maxNodes/);
  expect(await sizes()).toEqual([2, 2]);
});

test("terminating decrements or replaces, and a hook that is over does not stop the controller", async () => {
  const { fleet } = await zoneOf("leave", { sizes: [2, 0], hooks: ["terminating"] });
  const [first, second] = await fleet.machines();
  await fleet.terminate(first?.instanceId ?? "", false);
  expect((await fleet.capacity())[zoneId]).toBe(1);
  await fleet.heartbeat(second?.instanceId ?? "", "terminating");
  await fleet.completeTermination(second?.instanceId ?? "");
  await fleet.terminate(second?.instanceId ?? "", true);
  expect((await fleet.capacity())[zoneId]).toBe(1);
});

test("only machines of the cluster's own groups are seen", async () => {
  const groups = [{ name: "a", autoScalingGroup: "x", maxNodes: 9 }];
  const fleet = new AwsFleet(clients, "other", 6379, [{ zoneId, groups }]);
  expect(await fleet.machines()).toEqual([]);
  await expect(fleet.heartbeat("i-unknown", "launching")).rejects.toThrow("i-unknown is in no group of other");
});

test("a machine counts as gone only when nothing can run on it any more", async () => {
  const { fleet } = await zoneOf("states", { sizes: [1, 0] });
  const seen: Record<string, string | undefined> = {};
  for (const state of [
    ...["Pending", "Pending:Wait", "Pending:Proceed", "InService", "EnteringStandby", "Standby", "Detaching"],
    ...["Terminating", "Terminating:Wait", "Terminating:Proceed", "Terminated"],
  ]) {
    await whileStateIs(clients.autoScaling, state, async () => {
      seen[state] = (await fleet.machines())[0]?.state;
    });
  }
  expect(seen).toEqual({
    Pending: undefined,
    "Pending:Wait": "launching",
    "Pending:Proceed": "running",
    InService: "running",
    EnteringStandby: "running",
    Standby: "running",
    Detaching: "running",
    // Before its hook waits a machine serves as before, and hands over as one that waits.
    Terminating: "terminating",
    "Terminating:Wait": "terminating",
    "Terminating:Proceed": "terminating",
    Terminated: undefined,
  });
  const [{ InstanceId = "" } = {}] = await instancesOf("states-a");
  await clients.ec2.send(new StopInstancesCommand({ InstanceIds: [InstanceId] }));
  await whileStateIs(clients.autoScaling, "Terminating:Proceed", async () => {
    expect(await fleet.machines()).toEqual([]);
  });
});

test("a machine on its way into the warm pool has five minutes for its programs; then its hook is completed, or it would be abandoned", async () => {
  const { fleet } = await zoneOf("warm", { sizes: [1, 0], hooks: ["launching", "terminating"] });
  await clients.autoScaling.send(
    new PutWarmPoolCommand({ AutoScalingGroupName: "warm-a", MinSize: 1, PoolState: "Stopped" }),
  );
  const states = async () => (await instancesOf("warm-a")).map(({ State }) => State?.Name).sort();
  const launched = Math.max(...(await instancesOf("warm-a")).map(({ LaunchTime }) => LaunchTime?.getTime() ?? 0));
  await fleet.releaseWarm(new Date(launched + 299_000));
  expect(await states()).toEqual(["running", "running"]);
  await fleet.releaseWarm(new Date(launched + 301_000));
  expect(await states()).toEqual(["running", "stopped"]);
  // The one in the group waits for what it always did: that its node is a member.
  expect((await fleet.machines()).map(({ state }) => state)).toEqual(["launching"]);
});
