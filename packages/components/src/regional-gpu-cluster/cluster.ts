import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { defaultLogRetentionDays, logGroup } from "../building-blocks/log-group.ts";
import type { NetworkArgs } from "../network/args.ts";
import { Network } from "../network/network.ts";
import type { NetworkPlacement } from "../network/placement.ts";
import type { Tags } from "../shared/tags.ts";
import { type Access, createAccess } from "./access.ts";
import { createAlarms } from "./alarms.ts";
import type { RegionalGpuClusterArgs } from "./args.ts";
import { createDiscovery } from "./discovery.ts";
import { createFront, type Front } from "./front.ts";
import type { GpuGroup } from "./fleet.ts";
import type { GpuClusterPlan } from "./gpu-cluster-plan.ts";
import { type HostRole, hostRole } from "./host-role.ts";
import { createHosts } from "./hosts.ts";
import { attestedKey, launchingRole, operationsKey } from "./keys.ts";
import { createRouter, type Router } from "./router.ts";
import { scaleRouter } from "./router-scaling.ts";

/** The parts of a cluster that it gives something of. */
export interface ClusterParts {
  network: NetworkPlacement;
  operationsKey: aws.kms.Key;
  key: { arn: pulumi.Output<string> };
  host: HostRole;
  access: Access;
  front: Front;
  router: Router;
  groups: GpuGroup[];
  alarms: aws.cloudwatch.MetricAlarm[];
}

/** Creates what the plan says: keys, who may speak to whom, the way in, the routers, the hosts, and what watches them. */
export function createCluster(
  name: string,
  args: RegionalGpuClusterArgs,
  plan: GpuClusterPlan,
  tags: Tags,
  parent: pulumi.Resource,
): ClusterParts {
  const logRetentionDays = args.logRetentionDays ?? defaultLogRetentionDays;
  const { certificateSecretArn, certificateKeyArn } = args;
  const network = args.network ?? ownNetwork(name, args, plan, parent);

  const launching = launchingRole(name, plan, tags, parent);
  const operations = operationsKey(name, plan, launching.arn, tags, parent);
  const hostLog = logGroup(
    `${name}-gpu-log`,
    { logGroupName: `/mrgc/${name}/gpu`, kmsKeyArn: operations.arn, retentionDays: logRetentionDays, tags },
    parent,
  );
  const host = hostRole(
    name,
    plan,
    { certificateSecretArn, certificateKeyArn, logGroupArn: hostLog.arn, tags },
    parent,
  );
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
    parent,
  );
  const access = createAccess(name, plan, network, args.prometheusSecurityGroupId, tags, parent);
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
    parent,
  );
  const discovery = createDiscovery(name, plan, network.vpcId, tags, parent);
  const router = createRouter(
    name,
    plan,
    {
      network,
      certificateSecretArn,
      certificateKeyArn,
      operationsKeyArn: operations.arn,
      front,
      discovery,
      securityGroup: access.router,
      logRetentionDays,
      tags,
    },
    parent,
  );
  scaleRouter(name, plan, router, tags, parent);
  const groups = createHosts(
    name,
    plan,
    {
      network,
      host,
      securityGroup: access.hosts,
      operationsKeyArn: operations.arn,
      launchingRoleArn: launching.arn,
      certificateSecretArn,
      logGroup: hostLog,
      discovery,
      logRetentionDays,
      tags,
    },
    parent,
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
    parent,
  );
  return { network, operationsKey: operations, key, host, access, front, router, groups, alarms };
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
