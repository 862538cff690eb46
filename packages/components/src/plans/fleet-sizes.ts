import type { FleetMaxima } from "../network/address-needs.ts";
import { defaultInterfaceEndpoints } from "../network/endpoint-services.ts";
import { proxyCluster, systemInstanceTypeFor } from "../shared/proxy-cluster.ts";
import type { FleetSize, RegionPlanArgs } from "./region-plan-args.ts";

/** The maximum size of a fleet, 0 when there is none. */
export function maxOf(fleet: FleetSize | undefined): number {
  return fleet?.maxInstances ?? 0;
}

/** Cache nodes that stand in while all are replaced: each group launches a tenth more, at least one, before it ends a predecessor. */
export function cacheStandIns({ cache, zoneIds }: Pick<RegionPlanArgs, "cache" | "zoneIds">): number {
  const groups = zoneIds.length * (cache?.groupsPerZone ?? 1);
  return maxOf(cache) === 0 ? 0 : groups * Math.max(1, Math.ceil(maxOf(cache) / groups / 10));
}

/** The nodes that run the proxies' cluster, with the volumes of the proxies' nodes; never on spot. */
export function systemFleet({ proxies }: Pick<RegionPlanArgs, "proxies">): FleetSize | undefined {
  return (
    proxies && {
      instanceType: proxies.systemInstanceType ?? systemInstanceTypeFor(proxies.instanceType),
      instances: proxyCluster.systemNodes,
      maxInstances: proxyCluster.maxSystemNodes,
      volumes: proxies.volumes,
    }
  );
}

/** The most that each fleet will ever be, as `Network` and the address plan take it. */
export function fleetMaxima(args: RegionPlanArgs): FleetMaxima {
  const system = systemFleet(args);
  return {
    cacheNodes: maxOf(args.cache),
    proxyNodes: maxOf(args.proxies),
    proxyPods: args.proxies?.maxPods,
    proxyInstanceType: args.proxies?.instanceType,
    proxyWarmIpTarget: args.proxies?.warmIpTarget ?? proxyCluster.warmIpTarget,
    systemNodes: maxOf(system),
    systemInstanceType: system?.instanceType,
    gpuInstances: maxOf(args.gpu),
    routerTasks: args.router?.maxTasks,
    databaseInstances: args.database?.instances,
    interfaceEndpoints: (args.interfaceEndpoints ?? defaultInterfaceEndpoints).length,
  };
}
