import { logRetentionProblems } from "../shared/log-retention.ts";
import { refuseAll, type Problem } from "../shared/refusal.ts";
import { PlacementStrategy } from "./args.ts";
import { enginePlan, engineProblems, type EnginePlan } from "./engine-plan.ts";
import { nodePlan, type HotTierPlanArgs, type NodePlan } from "./node-plan.ts";
import { shardPlanProblems, shardPlan, type ShardLayout, type ShardPlan } from "./shard-plan.ts";

/** TLS port of every node; the cluster bus is 10,000 above it. */
export const serverPort = 6379;
/** Port of the cluster bus. */
export const busPort = serverPort + 10_000;
/** Ports that a metrics collector reads: the machine's and the server's. */
export const exporterPorts = { node: 9100, engine: 9121 } as const;

/** Everything about a cluster that is known before any resource exists. */
export interface HotTierPlan {
  clusterName: string;
  region: string;
  engine: EnginePlan;
  node: NodePlan;
  placementStrategy: PlacementStrategy;
  layout: ShardLayout;
  shardPlan: ShardPlan;
  /** Size that each group may have at most, by group key: the shards it may grow to and room for replacements. */
  maxSizes: Record<string, number>;
  maxShards: number;
  replicasPerShard: number;
  nodeTimeoutMs: number;
  warmNodesPerGroup: number;
  /** Services that the component makes interface endpoints for. */
  interfaceEndpoints: string[];
  retainDataVolumes: boolean;
  snapshotRetentionDays: number;
  snapshotReplicaRegion?: string;
}

/** Services that nodes (certificates) and controller (events) call and that `Network` brings no endpoint for. */
const defaultInterfaceEndpoints = ["acm-pca", "sqs"];

/** What the source documents end at: 1,000 nodes. */
const defaultMaxNodes = 1000;

/**
 * Plans a cluster.
 *
 * @throws PlanRefusedError with everything that is wrong with the arguments
 */
export function hotTierPlan(name: string, args: HotTierPlanArgs): HotTierPlan {
  const replicasPerShard = args.replicasPerShard ?? 2;
  const members = replicasPerShard + 1;
  const shards = args.shards ?? 16;
  const clusterName = args.clusterName ?? name;
  const warmNodesPerGroup = args.warmNodesPerGroup ?? 1;
  const nodeTimeoutMs = args.nodeTimeoutMs ?? 3000;
  const snapshotRetentionDays = args.snapshotRetentionDays ?? 35;
  const layout: ShardLayout = {
    // The controller keeps one member of every shard in every zone of the cluster: more zones would stay empty.
    zoneIds: args.network.zoneIds.slice(0, members),
    groupsPerZone: args.groupsPerZone ?? 2,
    membersPerShard: members,
  };
  const engine = enginePlan(args);
  const maxShards =
    args.maxShards ?? Math.max(shards, Math.floor(Math.min(defaultMaxNodes, engine.nodeLimit) / members));
  refuseAll([
    ...wholeNumber("shards", shards, 1, 16_384),
    ...replicaProblems(replicasPerShard),
    ...wholeNumber("groupsPerZone", layout.groupsPerZone, 1, 26),
    ...wholeNumber("warmNodesPerGroup", warmNodesPerGroup, 0, 20),
    ...wholeNumber("nodeTimeoutMs", nodeTimeoutMs, 1000, 15_000),
    ...wholeNumber("snapshotRetentionDays", snapshotRetentionDays, 1, 3650),
    ...nameProblems(clusterName, args.clusterName === undefined ? "name" : "clusterName"),
    ...engineProblems(args, engine),
    ...replicaRegionProblems(args),
    ...logRetentionProblems(args.logRetentionDays),
  ]);
  const plan = shardPlan(layout, shards);
  const { node, problems } = nodePlan(args, layout);
  refuseAll([
    ...shardPlanProblems(layout, plan, engine.nodeLimit),
    ...(args.maxShards === undefined
      ? []
      : wholeNumber("maxShards", args.maxShards, shards, Math.floor(engine.nodeLimit / members))),
    ...problems,
  ]);
  return {
    clusterName,
    region: args.network.region,
    engine,
    node,
    placementStrategy: args.placementStrategy ?? PlacementStrategy.Cluster,
    layout,
    shardPlan: plan,
    maxSizes: Object.fromEntries(
      shardPlan(layout, maxShards).groups.map((group) => [group.key, withSurge(group.nodes)]),
    ),
    maxShards,
    replicasPerShard,
    nodeTimeoutMs,
    warmNodesPerGroup,
    interfaceEndpoints: args.interfaceEndpoints ?? defaultInterfaceEndpoints,
    retainDataVolumes: args.retainDataVolumes ?? true,
    snapshotRetentionDays,
    ...(args.snapshotReplicaRegion === undefined ? {} : { snapshotReplicaRegion: args.snapshotReplicaRegion }),
  };
}

/** A tenth more, at least one: a replacement is launched before its predecessor goes. */
function withSurge(nodes: number): number {
  return nodes + Math.max(1, Math.ceil(nodes / 10));
}

/** Each shard has a member in every zone of the cluster, and a cluster over two zones fails with one of them (correction E26). */
function replicaProblems(replicasPerShard: number): Problem[] {
  return Number.isInteger(replicasPerShard) && replicasPerShard >= 2 && replicasPerShard <= 5
    ? []
    : [
        {
          path: "replicasPerShard",
          value: replicasPerShard,
          reason:
            "must be a whole number from 2 to 5: a shard has one member in each zone, and a cluster over fewer than three zones does not outlive the loss of one",
          mend: "Choose 2, one member in each of three zones.",
        },
      ];
}

function replicaRegionProblems(args: HotTierPlanArgs): Problem[] {
  return args.snapshotReplicaRegion === args.network.region
    ? [
        {
          path: "snapshotReplicaRegion",
          value: args.snapshotReplicaRegion,
          reason: "is the cluster's own region, whose loss it is to survive",
          mend: "Choose another region.",
        },
      ]
    : [];
}

function nameProblems(clusterName: string, path: string): Problem[] {
  return /^[a-z][a-z0-9-]{0,22}[a-z0-9]$/.test(clusterName)
    ? []
    : [
        {
          path,
          value: clusterName,
          reason:
            "must be 2 to 24 lower-case letters, digits and hyphens, beginning with a letter: it is part of tags, parameters and metrics",
          mend: "Choose such a name, or give clusterName.",
        },
      ];
}

function wholeNumber(path: string, value: number, least: number, most: number): Problem[] {
  return Number.isInteger(value) && value >= least && value <= most
    ? []
    : [
        {
          path,
          value,
          reason: `must be a whole number from ${least} to ${most}`,
          mend: `Choose one from ${least} to ${most}.`,
        },
      ];
}
