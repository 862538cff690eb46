import * as pulumi from "@pulumi/pulumi";
import { logGroup } from "../building-blocks/log-group.ts";
import { planned } from "../shared/planned.ts";
import { baseTags } from "../shared/tags.ts";
import { metricNamespace } from "./agent-config.ts";
import type { HotTierRedisArgs } from "./args.ts";
import { certificateAuthority } from "./certificate-authority.ts";
import { clusterSecrets, secretArns } from "./credentials.ts";
import { nodeGroups } from "./groups.ts";
import { hotTierPlan, serverPort } from "./hot-tier-plan.ts";
import { clusterKey } from "./keys.ts";
import { launchTemplate } from "./launch-template.ts";
import { clusterAccess } from "./network-access.ts";
import { nodeProfile } from "./node-role.ts";
import { clusterParameters } from "./parameters.ts";
import { seedBalancer } from "./seeds.ts";
import { ServerUser } from "./server-users.ts";
import { snapshotBucket } from "./snapshots.ts";
import { userData } from "./user-data.ts";

const type = "mrgc:index:HotTierRedis";

/**
 * A Valkey (or Redis) cluster on EC2: shards spread over three zones, each a primary and its replicas, on machines that
 * Auto Scaling keeps and a controller moves data between.
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
  /** Log group of nodes and agents. */
  readonly logGroupName: pulumi.Output<string>;
  /** CloudWatch namespace of every metric of the cluster; its dimension `Cluster` is `clusterName`. */
  readonly metricNamespace: pulumi.Output<string>;

  constructor(name: string, args: HotTierRedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    const plan = planned(type, name, () => hotTierPlan(name, args));
    const tags = baseTags("hot-tier", args.tags);
    const { key, autoScalingRole } = clusterKey(name, plan, tags, this);
    const authority = certificateAuthority(name, plan, args.certificateAuthorityArn, tags, this);
    const secrets = clusterSecrets(name, plan, key.arn, authority.pem, tags, this);
    const bucket = snapshotBucket(name, plan, key.arn, tags, this);
    const access = clusterAccess(name, args, tags, this);
    const log = logGroup(
      `${name}-log`,
      {
        logGroupName: `/mrgc/${plan.clusterName}/${plan.region}/nodes`,
        kmsKeyArn: key.arn,
        retentionDays: args.logRetentionDays,
        tags,
      },
      this,
    );
    const profile = nodeProfile(
      name,
      args,
      plan,
      {
        kmsKeyArn: key.arn,
        secretArns: Object.values(secretArns(secrets)),
        certificateAuthorityArn: authority.arn,
        logGroupArn: log.arn,
      },
      tags,
      this,
    );
    const seeds = seedBalancer(name, args, plan, access.seeds.id, tags, this);
    const template = launchTemplate(
      name,
      args,
      plan,
      {
        instanceProfileArn: profile.arn,
        securityGroupId: access.nodes.id,
        kmsKeyArn: key.arn,
        userData: pulumi
          .output({
            certificateAuthorityArn: authority.arn,
            seedName: seeds.loadBalancer.dnsName,
            secretArns: secretArns(secrets),
            logGroupName: log.name,
          })
          .apply((settings) => userData(args, plan, settings)),
      },
      tags,
      this,
    );
    const groups = nodeGroups(
      name,
      plan,
      {
        launchTemplate: template,
        subnetIds: args.network.dataSubnetIds,
        serviceLinkedRoleArn: autoScalingRole.arn,
        seedTargetGroupArn: seeds.targetGroup.arn,
      },
      tags,
      this,
    );
    clusterParameters(name, plan, groups, secrets[ServerUser.Controller].arn, tags, this);
    this.clusterName = pulumi.output(plan.clusterName);
    this.endpoint = seeds.loadBalancer.dnsName;
    this.port = pulumi.output(serverPort);
    this.securityGroupId = access.nodes.id;
    this.clientSecurityGroupId = access.clients.id;
    this.authSecretArn = secrets[ServerUser.Application].arn;
    this.certificateAuthorityPem = authority.pem;
    this.keyArn = key.arn;
    this.groupNames = pulumi.output(groups.map((group) => group.autoScalingGroup.name));
    this.snapshotBucketName = bucket.bucket;
    this.logGroupName = log.name;
    this.metricNamespace = pulumi.output(metricNamespace);
    this.registerOutputs({
      clusterName: this.clusterName,
      endpoint: this.endpoint,
      port: this.port,
      securityGroupId: this.securityGroupId,
      clientSecurityGroupId: this.clientSecurityGroupId,
      authSecretArn: this.authSecretArn,
      certificateAuthorityPem: this.certificateAuthorityPem,
      keyArn: this.keyArn,
      groupNames: this.groupNames,
      snapshotBucketName: this.snapshotBucketName,
      logGroupName: this.logGroupName,
      metricNamespace: this.metricNamespace,
    });
  }
}
