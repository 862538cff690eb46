import * as pulumi from "@pulumi/pulumi";
import { defaultLogRetentionDays, logGroup } from "../building-blocks/log-group.ts";
import type { NetworkArgs } from "../network/args.ts";
import { Network } from "../network/network.ts";
import { planned } from "../shared/planned.ts";
import { baseTags } from "../shared/tags.ts";
import { createAccess } from "./access.ts";
import { createAlarms } from "./alarms.ts";
import type { RegionalGpuClusterArgs } from "./args.ts";
import { createDiscovery } from "./discovery.ts";
import { createFront } from "./front.ts";
import { type GpuClusterPlan, gpuClusterPlan } from "./gpu-cluster-plan.ts";
import { hostRole } from "./host-role.ts";
import { createHosts } from "./hosts.ts";
import { attestedKey, launchingRole, operationsKey } from "./keys.ts";
import { createRouter } from "./router.ts";
import { scaleRouter } from "./router-scaling.ts";

const type = "mrgc:index:RegionalGpuCluster";

/**
 * A region of private GPU inference: a load balancer that PrivateLink leads to, routers that find the least busy GPU host,
 * GPU hosts from reservations, on-demand and spot capacity, and a key that only attested recipients decrypt with.
 *
 * Costs in us-east-1 with its defaults: three g6e.2xlarge 4,910 USD a month, three router tasks 108 USD, the load balancer
 * 16 USD and traffic, two keys 2 USD (corrections E19, docs/components/regional-gpu-cluster.md).
 *
 * ```ts
 * const gpu = new mrgc.RegionalGpuCluster("use1", {
 *   network,
 *   tenants,
 *   certificateSecretArn: certificate.arn,
 *   modelImage: "123456789012.dkr.ecr.us-east-1.amazonaws.com/model:1.4.0",
 *   dcgmExporterImage: "123456789012.dkr.ecr.us-east-1.amazonaws.com/nvidia/dcgm-exporter:4.5.1",
 *   attestation: {
 *     mode: mrgc.AttestationMode.Enclave,
 *     measurements: { current: { PCR0: measuredImage } },
 *     enclaveImageUri: "s3://images/keyholder-1.4.0.eif",
 *   },
 * });
 * ```
 */
export class RegionalGpuCluster extends pulumi.ComponentResource {
  /** Id of the VPC. */
  readonly vpcId: pulumi.Output<string>;
  /** What an endpoint service is made of. */
  readonly nlbArn: pulumi.Output<string>;
  /** The load balancer's own DNS name: it answers inside the VPC only. */
  readonly nlbDnsName: pulumi.Output<string>;
  /** Hosted zone of the load balancer's name, for alias records. */
  readonly nlbZoneId: pulumi.Output<string>;
  /** Group of the load balancer: a front door's traffic has to be admitted to it. */
  readonly nlbSecurityGroupId: pulumi.Output<string>;
  /** The load balancer as its metrics name it (`net/...`). */
  readonly nlbArnSuffix: pulumi.Output<string>;
  /** Target groups as their metrics name them, those of 443 and of 8080. */
  readonly targetGroupArnSuffixes: pulumi.Output<string[]>;
  /** The attested key that tenants encrypt for. */
  readonly keyArn: pulumi.Output<string>;
  /** The key of volumes and logs. */
  readonly operationsKeyArn: pulumi.Output<string>;
  /** Auto Scaling groups of the GPU hosts: a group for on-demand, spot and each reservation, by zone. */
  readonly gpuAutoScalingGroupNames: pulumi.Output<string[]>;
  /** Group of the GPU hosts. */
  readonly gpuSecurityGroupId: pulumi.Output<string>;
  /** Role that the GPU hosts run as. */
  readonly gpuRoleArn: pulumi.Output<string>;
  /** ECS cluster of the routers. */
  readonly routerClusterName: pulumi.Output<string>;
  /** One ECS service a zone. */
  readonly routerServiceNames: pulumi.Output<string[]>;
  /** Log group of the routers. */
  readonly routerLogGroupName: pulumi.Output<string>;
  /** Group of the routers. */
  readonly routerSecurityGroupId: pulumi.Output<string>;
  /** Alarms that people are told of. */
  readonly alarmArns: pulumi.Output<string[]>;
  /** The value of dimension `Cluster` of the hosts' metrics in `MRGC/Gpu`. */
  readonly metricCluster: pulumi.Output<string>;
  /** Private DNS namespace of routers and GPU hosts. */
  readonly namespaceName: pulumi.Output<string>;

  /** @throws pulumi.InputPropertiesError when the plan refuses the arguments; nothing exists then. */
  constructor(name: string, args: RegionalGpuClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    const plan = planned("RegionalGpuCluster", name, () => gpuClusterPlan(name, args));
    const tags = baseTags("regional-gpu-cluster", args.tags);
    const logRetentionDays = args.logRetentionDays ?? defaultLogRetentionDays;
    const { certificateSecretArn } = args;
    const network = args.network ?? ownNetwork(name, args, plan, this);

    const launching = launchingRole(name, plan, tags, this);
    const operations = operationsKey(name, plan, launching.arn, tags, this);
    const hostLog = logGroup(
      `${name}-gpu-log`,
      { logGroupName: `/mrgc/${name}/gpu`, kmsKeyArn: operations.arn, retentionDays: logRetentionDays, tags },
      this,
    );
    const host = hostRole(name, plan, { certificateSecretArn, logGroupArn: hostLog.arn, tags }, this);
    const key = attestedKey(
      name,
      plan,
      {
        hostRoleArn: host.role.arn,
        administratorArns: args.keyAdministratorArns,
        multiRegion: args.multiRegionKey ?? false,
        primaryKeyArn: args.primaryKeyArn,
        tags,
      },
      this,
    );
    const access = createAccess(name, plan, network, args.prometheusSecurityGroupId, tags, this);
    const front = createFront(
      name,
      plan,
      {
        network,
        listenerCertificateArn: args.listenerCertificateArn,
        deletionProtection: args.deletionProtection ?? true,
        accessLogKeyArn: operations.arn,
        logRetentionDays,
        deleteAccessLogsOnDestroy: args.deleteAccessLogsOnDestroy ?? false,
        routerGroup: access.router,
        tags,
      },
      this,
    );
    const discovery = createDiscovery(name, plan, network.vpcId, tags, this);
    const router = createRouter(
      name,
      plan,
      {
        network,
        certificateSecretArn,
        operationsKeyArn: operations.arn,
        front,
        discovery,
        securityGroup: access.router,
        logRetentionDays,
        tags,
      },
      this,
    );
    scaleRouter(name, plan, router, tags, this);
    const groups = createHosts(
      name,
      plan,
      {
        network,
        profile: host.profile,
        securityGroup: access.hosts,
        operationsKeyArn: operations.arn,
        launchingRoleArn: launching.arn,
        certificateSecretArn,
        logGroup: hostLog,
        discovery,
        logRetentionDays,
        tags,
      },
      this,
    );
    const alarms = createAlarms(
      name,
      {
        name,
        faultsPerHour: plan.gpuFaultsPerHour,
        loadBalancer: front.loadBalancer.arnSuffix,
        targetGroups: { 443: front.targetGroups.tls.arnSuffix, 8080: front.targetGroups.health.arnSuffix },
        routerCluster: router.cluster.name,
        routers: Object.fromEntries(router.zones.map(({ zoneId, serviceName }) => [zoneId, serviceName])),
        groups: Object.fromEntries(groups.map(({ plan: planned, group }) => [planned.key, group.name])),
      },
      args.alarmTopicArns ?? [],
      tags,
      this,
    );

    this.vpcId = pulumi.output(network.vpcId);
    this.nlbArn = front.loadBalancer.arn;
    this.nlbDnsName = front.loadBalancer.dnsName;
    this.nlbZoneId = front.loadBalancer.zoneId;
    this.nlbSecurityGroupId = front.securityGroup.id;
    this.nlbArnSuffix = front.loadBalancer.arnSuffix;
    this.targetGroupArnSuffixes = pulumi.all(Object.values(front.targetGroups).map((target) => target.arnSuffix));
    this.keyArn = key.arn;
    this.operationsKeyArn = operations.arn;
    this.gpuAutoScalingGroupNames = pulumi.all(groups.map(({ group }) => group.name));
    this.gpuSecurityGroupId = access.hosts.id;
    this.gpuRoleArn = host.role.arn;
    this.routerClusterName = router.cluster.name;
    this.routerServiceNames = pulumi.output(router.zones.map(({ serviceName }) => serviceName));
    this.routerLogGroupName = router.logGroup.name;
    this.routerSecurityGroupId = access.router.id;
    this.alarmArns = pulumi.all(alarms.map(({ arn }) => arn));
    this.metricCluster = pulumi.output(name);
    this.namespaceName = pulumi.output(plan.router.namespace);
    this.registerOutputs({
      vpcId: this.vpcId,
      nlbArn: this.nlbArn,
      nlbDnsName: this.nlbDnsName,
      nlbZoneId: this.nlbZoneId,
      nlbSecurityGroupId: this.nlbSecurityGroupId,
      nlbArnSuffix: this.nlbArnSuffix,
      targetGroupArnSuffixes: this.targetGroupArnSuffixes,
      keyArn: this.keyArn,
      operationsKeyArn: this.operationsKeyArn,
      gpuAutoScalingGroupNames: this.gpuAutoScalingGroupNames,
      gpuSecurityGroupId: this.gpuSecurityGroupId,
      gpuRoleArn: this.gpuRoleArn,
      routerClusterName: this.routerClusterName,
      routerServiceNames: this.routerServiceNames,
      routerLogGroupName: this.routerLogGroupName,
      routerSecurityGroupId: this.routerSecurityGroupId,
      alarmArns: this.alarmArns,
      metricCluster: this.metricCluster,
      namespaceName: this.namespaceName,
    });
  }
}

/** A network of the cluster's own, with addresses for its fleets. The plan has seen that `newNetwork` is given where `network` is not. */
function ownNetwork(
  name: string,
  args: RegionalGpuClusterArgs,
  plan: GpuClusterPlan,
  parent: pulumi.Resource,
): Network {
  const zones = plan.zoneIds.length;
  const fleets = { gpuInstances: plan.fleet.maxPerZone * zones, routerTasks: plan.router.maxTasksPerZone * zones };
  return new Network(
    `${name}-network`,
    {
      tags: args.tags,
      ...(args.newNetwork as NetworkArgs),
      fleets: { ...fleets, ...args.newNetwork?.fleets },
    },
    { parent },
  );
}
