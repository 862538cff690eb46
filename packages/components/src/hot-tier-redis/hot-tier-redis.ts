import * as pulumi from "@pulumi/pulumi";
import { planned } from "../shared/planned.ts";
import { baseTags } from "../shared/tags.ts";
import { metricNamespace } from "./agent-config.ts";
import { clusterAlarms, replacementGuards } from "./alarms-plan.ts";
import { createClusterAlarms, createPathAlarms } from "./alarms.ts";
import type { HotTierRedisArgs } from "./args.ts";
import { certificateAuthority } from "./certificate-authority.ts";
import { clusterController } from "./controller.ts";
import { clusterSecrets } from "./credentials.ts";
import { clusterEndpoints } from "./endpoints.ts";
import { eventQueues, eventRules } from "./events.ts";
import { hotTierPlan, serverPort } from "./hot-tier-plan.ts";
import { clusterKey } from "./keys.ts";
import { clusterAccess } from "./network-access.ts";
import { createNodes } from "./nodes.ts";
import { clusterParameters } from "./parameters.ts";
import { seedBalancer } from "./seeds.ts";
import { ServerUser } from "./server-users.ts";
import { snapshotBucket } from "./snapshots.ts";

const type = "mrgc:index:HotTierRedis";

/**
 * A Valkey (or Redis) cluster on EC2 that outlives the loss of a zone: every shard has a member in each of three zones, on
 * machines that Auto Scaling keeps and a controller moves data between. 16 shards to 160 is one change, and replaces nothing.
 *
 * ```ts
 * const hotTier = new HotTierRedis("hot-tier", { network, shards: 16, snapshotReplicaRegion: "us-east-1" });
 * ```
 *
 * 16 shards of three r6i.4xlarge cost about 40,600 USD a month in us-east-1, on demand (docs/components/hot-tier-redis.md).
 */
export class HotTierRedis extends pulumi.ComponentResource {
  /** Name of the cluster in tags, parameters and metrics. */
  readonly clusterName: pulumi.Output<string>;
  /** Host name that answers with some of the cluster's nodes, on `port`. */
  readonly endpoint: pulumi.Output<string>;
  /** TLS port of every node. */
  readonly port: pulumi.Output<number>;
  /** Security group of the nodes. */
  readonly securityGroupId: pulumi.Output<string>;
  /** Security group that makes a client: whoever carries it may use the cluster. */
  readonly clientSecurityGroupId: pulumi.Output<string>;
  /** Secret of the user that applications log in as: `{"username", "password", "ca"}`. */
  readonly authSecretArn: pulumi.Output<string>;
  /** Root certificate that the nodes' certificates lead to, PEM. */
  readonly certificateAuthorityPem: pulumi.Output<string>;
  /** Key of volumes, secrets, snapshots, queues and logs. */
  readonly keyArn: pulumi.Output<string>;
  /** Auto Scaling groups in the zones' order. */
  readonly groupNames: pulumi.Output<string[]>;
  /** Bucket of snapshots and of the controller's state. */
  readonly snapshotBucketName: pulumi.Output<string>;
  /** Queue of lifecycle actions, alarms and failing machines, for the controller. */
  readonly eventQueueUrl: pulumi.Output<string>;
  /** Function that keeps the cluster whole. */
  readonly controllerFunctionName: pulumi.Output<string>;
  /** Role that the controller runs as. */
  readonly controllerRoleArn: pulumi.Output<string>;
  /** Security group of the controller. */
  readonly controllerSecurityGroupId: pulumi.Output<string>;
  /** Alarms of the cluster, for composite alarms and dashboards. */
  readonly alarmArns: pulumi.Output<string[]>;
  /** Those of the alarms that people are told of; the others only move the controller. */
  readonly troubleAlarmArns: pulumi.Output<string[]>;
  /** Log group of nodes and agents. */
  readonly logGroupName: pulumi.Output<string>;
  /** CloudWatch namespace of every metric of the cluster; its dimension `Cluster` is `clusterName`. */
  readonly metricNamespace: pulumi.Output<string>;

  /** @throws pulumi.InputPropertiesError with everything that the plan refuses. */
  constructor(name: string, args: HotTierRedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    const plan = planned(type, name, () => hotTierPlan(name, args));
    const tags = baseTags("hot-tier", args.tags);
    const topics = args.alarmTopicArns ?? [];

    const key = clusterKey(name, plan, tags, this);
    const authority = certificateAuthority(name, plan, args.certificateAuthorityArn, tags, this);
    const secrets = clusterSecrets(name, plan, key.key.arn, authority.pem, tags, this);
    const snapshots = snapshotBucket(name, plan, key.key.arn, tags, this);
    const access = clusterAccess(name, args, tags, this);
    const endpoints = clusterEndpoints(name, args, plan, access, tags, this);
    const seeds = seedBalancer(name, args, plan, access.seeds.id, tags, this);
    const alarms = createClusterAlarms(name, plan, topics, tags, this);
    const nodes = createNodes(
      name,
      args,
      plan,
      {
        clusterKey: key,
        authority,
        secrets,
        securityGroup: access.nodes,
        seeds,
        guards: replacementGuards.map((guard) => alarms[guard]!),
        endpoints,
      },
      tags,
      this,
    );
    const events = eventQueues(name, key.key.arn, tags, this);
    eventRules(name, nodes.groups, events, tags, this);
    const pathAlarms = createPathAlarms(name, nodes.groups, events, topics, tags, this);
    const controllerSecret = secrets[ServerUser.Controller];
    clusterParameters(name, plan, nodes.groups, controllerSecret, tags, this);
    const controller = clusterController(
      name,
      args,
      plan,
      {
        groups: nodes.groups,
        events,
        bucket: snapshots.bucket,
        secretArn: controllerSecret,
        kmsKeyArn: key.key.arn,
        securityGroupId: access.controller.id,
      },
      tags,
      this,
    );

    this.clusterName = pulumi.output(plan.clusterName);
    this.endpoint = seeds.loadBalancer.dnsName;
    this.port = pulumi.output(serverPort);
    this.securityGroupId = access.nodes.id;
    this.clientSecurityGroupId = access.clients.id;
    this.authSecretArn = secrets[ServerUser.Application];
    this.certificateAuthorityPem = authority.pem;
    this.keyArn = key.key.arn;
    this.groupNames = pulumi.output(nodes.groups.map((group) => group.autoScalingGroup.name));
    this.snapshotBucketName = snapshots.bucket.bucket;
    this.eventQueueUrl = events.queue.url;
    this.controllerFunctionName = controller.function.name;
    this.controllerRoleArn = controller.role.arn;
    this.controllerSecurityGroupId = access.controller.id;
    this.alarmArns = pulumi.output([...Object.values(alarms), ...pathAlarms].map((alarm) => alarm.arn));
    const trouble = clusterAlarms(plan).flatMap(({ key, people }) => (people ? [alarms[key]!] : []));
    this.troubleAlarmArns = pulumi.output([...trouble, ...pathAlarms].map((alarm) => alarm.arn));
    this.logGroupName = nodes.logGroup.name;
    this.metricNamespace = pulumi.output(metricNamespace);
    this.registerOutputs(outputsOf(this));
  }
}

/** The fields above: all of a component's outputs but its `urn`, which the engine gave it. */
function outputsOf(component: HotTierRedis): Record<string, unknown> {
  const fields = Object.entries(component).filter(([key, value]) => key !== "urn" && pulumi.Output.isInstance(value));
  return Object.fromEntries(fields);
}
