import type { RegionRecoveryArgs } from "@mrgc/components";
import type { RegionSettings } from "./settings.ts";

/** Arguments that both the components and the recovery plan are made from, so that what is planned is what is created. */
export type SharedArgs = Required<Pick<RegionRecoveryArgs, "hotTier" | "metadata" | "proxies">>;

/** @returns plain arguments of the components, from a region's settings */
export function sharedArgs({ hotTier, proxies, recovery }: RegionSettings): SharedArgs {
  return {
    hotTier: {
      shards: hotTier.shards,
      maxShards: hotTier.maxShards,
      replicasPerShard: hotTier.replicasPerShard,
      instanceType: hotTier.instanceType,
      ...(recovery?.snapshotRegion === undefined ? {} : { snapshotReplicaRegion: recovery.snapshotRegion }),
    },
    metadata: {
      ...(recovery?.metadataRegion === undefined ? {} : { disasterRecovery: { region: recovery.metadataRegion } }),
    },
    proxies: { minNodes: proxies.minNodes, maxNodes: proxies.maxNodes },
  };
}
