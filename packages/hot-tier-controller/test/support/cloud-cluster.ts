import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeAvailabilityZonesCommand,
  DescribeInstancesCommand,
} from "@aws-sdk/client-ec2";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { CreateQueueCommand, GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import type { AwsEmulator } from "../../../../test/support/aws-emulator.ts";
import type { AwsClients } from "../../src/aws/environment.ts";
import type { ZoneSettings } from "../../src/run/settings.ts";
import { createGroup, createLaunchConfiguration } from "./groups.ts";
import { startServer } from "./server-process.ts";
import { serverBinary } from "./servers.ts";

const cluster = "hot";
const bucket = "state";
const nodeTimeoutMs = 2_000;

/** A machine as EC2 and Auto Scaling tell it. */
export interface CloudMachine {
  readonly instanceId: string;
  readonly address: string;
  readonly lifecycleState: string;
}

/**
 * What `HotTierRedis` makes, in the emulator: groups with hooks, queue, rules, bucket and parameters. Its VPC lies in
 * 127.77.0.0/16, so that an instance's own address is one where a real server can listen.
 */
export class CloudCluster {
  readonly clients: AwsClients;
  readonly variables: Readonly<Record<string, string>>;
  readonly zones: readonly ZoneSettings[];
  readonly port: number;
  readonly #root = mkdtempSync(join(tmpdir(), "mrgc-cloud-"));
  readonly #servers = new Map<string, ChildProcess>();
  readonly #binary: string;
  #on = true;
  #boots: Promise<void> = Promise.resolve();

  private constructor(
    clients: AwsClients,
    variables: Readonly<Record<string, string>>,
    zones: readonly ZoneSettings[],
    binary: string,
    port: number,
  ) {
    this.clients = clients;
    this.variables = variables;
    this.zones = zones;
    this.#binary = binary;
    this.port = port;
    process.once("exit", () => this.#servers.forEach((server) => server.kill("SIGKILL")));
  }

  /** Makes everything, with no machine yet: ordering them is the controller's first deed. */
  static async create(aws: AwsEmulator, clients: AwsClients, port: number): Promise<CloudCluster> {
    const zones = await createGroups(clients);
    const queueUrl = await createQueue(aws, clients);
    await clients.s3.send(
      new CreateBucketCommand({
        Bucket: bucket,
        CreateBucketConfiguration: { LocationConstraint: "us-west-2" },
      }),
    );
    const variables = {
      ...aws.environment,
      MRGC_CLUSTER: cluster,
      MRGC_STATE_BUCKET: bucket,
      MRGC_EVENT_QUEUE_URL: queueUrl,
    };
    const created = new CloudCluster(clients, variables, zones, await serverBinary("valkey-9.1"), port);
    await created.putParameters(cluster);
    created.#boots = created.#boot();
    return created;
  }

  /** The stack's parameters of a cluster, with some of them changed. */
  async putParameters(name: string, changed: Readonly<Record<string, string>> = {}): Promise<void> {
    const parameters = {
      "desired-shards": "3",
      "replicas-per-shard": "2",
      zones: JSON.stringify(this.zones),
      limits: JSON.stringify({
        ...{ minShards: 3, maxShards: 9, maxmemoryBytes: 88e9 },
        ...{ networkBaselineBitsPerSecond: 6.25e9, nodeTimeoutMs },
      }),
      budgets: JSON.stringify({
        ...{ migrationBytesPerSecond: 2e8, migrationJobBytes: 2e9, parallelMigrations: 4 },
        ...{ backupBytesPerSecond: 4e8, backupIntervalSeconds: 3_600, backupsKept: 24 },
      }),
      connection: JSON.stringify({ port: this.port, tls: false }),
      ...changed,
    };
    for (const [key, Value] of Object.entries(parameters)) {
      const parameter = { Name: `/mrgc/${name}/${key}`, Value, Type: "String", Overwrite: true } as const;
      await this.clients.ssm.send(new PutParameterCommand(parameter));
    }
  }

  /** All machines of the groups, as AWS tells them now. */
  async machines(): Promise<CloudMachine[]> {
    const addresses = await this.#addresses();
    const { AutoScalingGroups = [] } = await this.clients.autoScaling.send(new DescribeAutoScalingGroupsCommand({}));
    return AutoScalingGroups.flatMap(({ Instances = [] }) => Instances).map(
      ({ InstanceId = "", LifecycleState = "" }) => ({
        instanceId: InstanceId,
        address: `${addresses.get(InstanceId) ?? ""}:${this.port}`,
        lifecycleState: LifecycleState,
      }),
    );
  }

  async close(): Promise<void> {
    this.#on = false;
    await this.#boots;
    await Promise.all([...this.#servers.keys()].map((id) => this.#stop(id)));
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** What a machine does by itself: its server starts with it and ends with it. */
  async #boot(): Promise<void> {
    while (this.#on) {
      const addresses = await this.#addresses();
      for (const [id, host] of addresses) {
        if (!this.#servers.has(id)) {
          const directory = join(this.#root, id);
          mkdirSync(directory);
          const common = { binary: this.#binary, nodeTimeoutMs, appendonly: false, tls: false };
          // Between loopback addresses a packet comes from 127.0.0.1, which is not where the sender listens.
          const settings = ["--cluster-announce-ip", host];
          this.#servers.set(id, await startServer({ ...common, settings, host, port: String(this.port), directory }));
        }
      }
      await Promise.all([...this.#servers.keys()].filter((id) => !addresses.has(id)).map((id) => this.#stop(id)));
      await sleep(200);
    }
  }

  async #addresses(): Promise<Map<string, string>> {
    const alive = { Name: "instance-state-name", Values: ["pending", "running"] };
    const { Reservations = [] } = await this.clients.ec2.send(new DescribeInstancesCommand({ Filters: [alive] }));
    const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
    return new Map(instances.map(({ InstanceId = "", PrivateIpAddress = "" }) => [InstanceId, PrivateIpAddress]));
  }

  async #stop(instanceId: string): Promise<void> {
    const server = this.#servers.get(instanceId);
    this.#servers.delete(instanceId);
    if (server !== undefined && server.exitCode === null && server.signalCode === null) {
      const gone = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGKILL");
      await gone;
    }
  }
}

async function createGroups({ ec2, autoScaling }: AwsClients): Promise<ZoneSettings[]> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "127.77.0.0/16" }));
  const { AvailabilityZones = [] } = await ec2.send(new DescribeAvailabilityZonesCommand({}));
  await createLaunchConfiguration(autoScaling);
  const zones: ZoneSettings[] = [];
  for (const [index, { ZoneId: zoneId = "", ZoneName }] of AvailabilityZones.slice(0, 3).entries()) {
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: `127.77.${index}.0/24`, AvailabilityZone: ZoneName }),
    );
    // Two groups a zone, as the component has them.
    const groups = ["a", "b"].map((name) => ({ name, autoScalingGroup: `hot-${zoneId}-${name}`, maxNodes: 9 }));
    for (const { autoScalingGroup } of groups) {
      await createGroup(autoScaling, autoScalingGroup, Subnet?.SubnetId ?? "", ["launching", "terminating"]);
    }
    zones.push({ zoneId, groups });
  }
  return zones;
}

/** The queue with the lifecycle actions that EventBridge's rule sends. */
async function createQueue({ clientConfig }: AwsEmulator, { sqs }: AwsClients): Promise<string> {
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "events" }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  const events = new EventBridgeClient(clientConfig);
  const types = ["EC2 Instance-launch Lifecycle Action", "EC2 Instance-terminate Lifecycle Action"];
  const pattern = { source: ["aws.autoscaling"], "detail-type": types };
  await events.send(new PutRuleCommand({ Name: "lifecycle", EventPattern: JSON.stringify(pattern) }));
  await events.send(
    new PutTargetsCommand({ Rule: "lifecycle", Targets: [{ Id: "queue", Arn: Attributes?.QueueArn }] }),
  );
  return QueueUrl;
}
