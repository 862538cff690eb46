import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  DescribeSubnetsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import {
  CreateHttpNamespaceCommand,
  CreateServiceCommand,
  GetOperationCommand,
  ListInstancesCommand,
  RegisterInstanceCommand,
  ServiceDiscoveryClient,
} from "@aws-sdk/client-servicediscovery";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Clients, register, type RegistrarEnvironment } from "../../src/regional-gpu-cluster/lambda/handler.ts";
import { type AwsEmulator, startAwsEmulator } from "../../../../test/support/aws-emulator.ts";

const groupName = "use1-gpu-use1-az1-on-demand";
let emulator: AwsEmulator;
let clients: Clients;
let environment: RegistrarEnvironment;
let services: string[];

beforeAll(async () => {
  emulator = await startAwsEmulator();
  clients = {
    autoscaling: new AutoScalingClient(emulator.clientConfig),
    ec2: new EC2Client(emulator.clientConfig),
    discovery: new ServiceDiscoveryClient(emulator.clientConfig),
  };
  const { Subnets = [] } = await clients.ec2.send(new DescribeSubnetsCommand({}));
  await clients.autoscaling.send(
    new CreateLaunchConfigurationCommand({
      LaunchConfigurationName: "host",
      ImageId: "ami-12c6146b",
      InstanceType: "g6e.2xlarge",
    }),
  );
  await clients.autoscaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: groupName,
      LaunchConfigurationName: "host",
      MinSize: 0,
      MaxSize: 20,
      DesiredCapacity: 10,
      VPCZoneIdentifier: Subnets[0]?.SubnetId,
    }),
  );
  const { OperationId } = await clients.discovery.send(new CreateHttpNamespaceCommand({ Name: "use1.mrgc.internal" }));
  const { Operation } = await clients.discovery.send(new GetOperationCommand({ OperationId }));
  services = await Promise.all(
    ["gpu-use1-az1-0", "gpu-use1-az1-1"].map(async (Name) => {
      const { Service } = await clients.discovery.send(
        new CreateServiceCommand({ Name, NamespaceId: Operation?.Targets?.NAMESPACE }),
      );
      return Service?.Id ?? "";
    }),
  );
  environment = {
    GROUPS: JSON.stringify({ [groupName]: "use1-az1" }),
    SERVICES: JSON.stringify({ "use1-az1": services }),
  };
});
afterAll(() => emulator.stop());

/** Addresses in Cloud Map by service. */
async function registered(): Promise<string[][]> {
  return Promise.all(
    services.map(async (ServiceId) => {
      const { Instances = [] } = await clients.discovery.send(new ListInstancesCommand({ ServiceId }));
      return Instances.map(({ Attributes }) => Attributes?.AWS_INSTANCE_IPV4 ?? "").sort();
    }),
  );
}

/** Addresses of the group's hosts as EC2 knows them. */
async function running(): Promise<string[]> {
  const { AutoScalingGroups = [] } = await clients.autoscaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [groupName] }),
  );
  const InstanceIds = AutoScalingGroups[0]?.Instances?.map(({ InstanceId }) => InstanceId ?? "") ?? [];
  const { Reservations = [] } = await clients.ec2.send(new DescribeInstancesCommand({ InstanceIds }));
  return Reservations.flatMap(({ Instances = [] }) =>
    Instances.map(({ PrivateIpAddress }) => PrivateIpAddress ?? ""),
  ).sort();
}

it("registers the hosts in service over the zone's names, and nothing the second time", async () => {
  expect(await register(environment, clients)).toEqual({ registered: 10, deregistered: 0, unplaced: 0 });
  const places = await registered();
  expect(places.map((place) => place.length)).toEqual([5, 5]);
  expect(places.flat().sort()).toEqual(await running());
  expect(await register(environment, clients)).toEqual({ registered: 0, deregistered: 0, unplaced: 0 });
});

it("takes away hosts that ended, and what nobody knows", async () => {
  await clients.autoscaling.send(
    new SetDesiredCapacityCommand({ AutoScalingGroupName: groupName, DesiredCapacity: 3 }),
  );
  await clients.discovery.send(
    new RegisterInstanceCommand({
      ServiceId: services[0],
      InstanceId: "i-stranger",
      Attributes: { AWS_INSTANCE_IPV4: "10.9.9.9" },
    }),
  );
  expect(await register(environment, clients)).toEqual({ registered: 0, deregistered: 8, unplaced: 0 });
  expect((await registered()).flat().sort()).toEqual(await running());
});

it("says how many hosts found no room", async () => {
  await clients.autoscaling.send(
    new SetDesiredCapacityCommand({ AutoScalingGroupName: groupName, DesiredCapacity: 18 }),
  );
  expect(await register(environment, clients)).toMatchObject({ registered: 13, unplaced: 2 });
  expect((await registered()).map((place) => place.length)).toEqual([8, 8]);
});

it("asks EC2 for no more than 200 hosts at a time, which is what a filter takes", async () => {
  await clients.autoscaling.send(
    new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: groupName, MaxSize: 201, DesiredCapacity: 201 }),
  );
  const asked: number[] = [];
  const watching = new EC2Client(emulator.clientConfig);
  watching.middlewareStack.add(
    (next) => (call) => {
      const { Filters = [] } = call.input as DescribeInstancesCommandInput;
      asked.push(Filters[0]?.Values?.length ?? 0);
      return next(call);
    },
    { step: "initialize" },
  );
  expect(await register(environment, { ...clients, ec2: watching })).toMatchObject({ unplaced: 185 });
  expect(asked).toEqual([200, 1]);
});
