import { defaultInterfaceEndpoints, type RegionPlanArgs } from "@mrgc/components/plans";
import type { RegionSettings } from "./settings.ts";

/** Nodes of the hot tier for a number of shards. */
function cacheNodes(shards: number, settings: RegionSettings): number {
  return shards * (settings.hotTier.replicasPerShard + 1);
}

/**
 * Interface endpoints of a region: those of `Network`, and what metrics and traces take to AWS where they are collected.
 */
export function interfaceEndpoints({ watch }: RegionSettings): string[] {
  return [
    ...defaultInterfaceEndpoints,
    ...(watch?.collectorImage === undefined ? [] : ["aps-workspaces"]),
    ...(traces(watch?.traceSamplingPercent) ? ["xray"] : []),
  ];
}

/** Whether routers trace anything. */
export function traces(samplingPercent: number | undefined): boolean {
  return (samplingPercent ?? 0) > 0;
}

/** A region's settings as the planners take them: the same numbers that the components are created with. */
export function regionPlanArgs(settings: RegionSettings): RegionPlanArgs {
  const { network, gpu, hotTier, proxies } = settings;
  return {
    region: settings.region,
    vpcCidrBlock: network.cidrBlock,
    zoneIds: network.zoneIds,
    interfaceEndpoints: interfaceEndpoints(settings),
    cache: {
      instanceType: hotTier.instanceType,
      instances: cacheNodes(hotTier.shards, settings),
      maxInstances: cacheNodes(hotTier.maxShards, settings),
      groupsPerZone: 2,
      volumes: [{ sizeGib: 50 }, { sizeGib: 400, iops: 10_000, throughputMBps: 500 }],
    },
    proxies: {
      instanceType: proxies.instanceType,
      instances: proxies.desiredNodes,
      maxInstances: proxies.maxNodes,
      nodeGroups: network.zoneIds.length,
      volumes: [{ sizeGib: 50 }],
    },
    gpu: {
      instanceType: gpu.instanceTypes[0] ?? "g6e.2xlarge",
      instances: gpu.minPerZone * network.zoneIds.length,
      maxInstances: gpu.maxPerZone * network.zoneIds.length,
      volumes: [{ sizeGib: 200 }],
    },
    router: {
      tasks: network.zoneIds.length,
      maxTasks: 4 * network.zoneIds.length,
      vcpuPerTask: 2,
      memoryGibPerTask: 4,
    },
    collector: settings.watch?.collectorImage !== undefined,
    database: { instanceClass: "db.r6i.xlarge", instances: 3, replicas: 1, storageGib: 500 },
    loadBalancers: { internalNetworkLoadBalancers: 2, applicationLoadBalancers: 1 },
  };
}
