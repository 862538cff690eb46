import { PlanRefusedError, refuseAll, type Problem } from "../shared/refusal.ts";
import { Engine, PlacementStrategy, type HotTierRedisArgs, type NodeArtifact } from "./args.ts";
import { nodePlan, type NodePlan } from "./node-plan.ts";
import { checkShardPlan, shardPlan, type ShardLayout, type ShardPlan } from "./shard-plan.ts";

/** TLS port of every node; the cluster bus is 10,000 above it. */
export const serverPort = 6379;
/** Port of the cluster bus. */
export const busPort = serverPort + 10_000;

/** The server that nodes run and where they get it. */
export interface EnginePlan {
  engine: Engine;
  /** As far as it matters, such as `9.1`. */
  version: string;
  /** Nodes that one cluster of it holds. */
  nodeLimit: number;
  /** Package of Amazon Linux 2023; used when there is no artefact. */
  package: string;
  artifact?: NodeArtifact;
}

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
  retainDataVolumes: boolean;
  snapshotRetentionDays: number;
  snapshotReplicaRegion?: string;
}

/** What the source documents end at: 1,000 nodes. */
const defaultMaxNodes = 1000;

/**
 * Plans a cluster.
 *
 * @throws PlanRefusedError with everything that is wrong with the arguments
 */
export function hotTierPlan(name: string, args: HotTierRedisArgs): HotTierPlan {
  const replicasPerShard = args.replicasPerShard ?? 2;
  const members = replicasPerShard + 1;
  const shards = args.shards ?? 16;
  const clusterName = args.clusterName ?? name;
  const warmNodesPerGroup = args.warmNodesPerGroup ?? 1;
  const nodeTimeoutMs = args.nodeTimeoutMs ?? 3000;
  const snapshotRetentionDays = args.snapshotRetentionDays ?? 35;
  const layout: ShardLayout = {
    zoneIds: args.network.zoneIds,
    groupsPerZone: args.groupsPerZone ?? 2,
    membersPerShard: members,
  };
  const engine = enginePlan(args);
  const maxShards =
    args.maxShards ?? Math.max(shards, Math.floor(Math.min(defaultMaxNodes, engine.nodeLimit) / members));
  refuseAll([
    ...wholeNumber("shards", shards, 1, 16_384),
    ...wholeNumber("replicasPerShard", replicasPerShard, 1, 5),
    ...wholeNumber("groupsPerZone", layout.groupsPerZone, 1, 26),
    ...wholeNumber("warmNodesPerGroup", warmNodesPerGroup, 0, 20),
    ...wholeNumber("nodeTimeoutMs", nodeTimeoutMs, 1000, 15_000),
    ...wholeNumber("snapshotRetentionDays", snapshotRetentionDays, 1, 3650),
    ...nameProblems(clusterName, args.clusterName === undefined ? "name" : "clusterName"),
    ...engineProblems(args, engine),
    ...replicaRegionProblems(args),
  ]);
  refuseAll(
    wholeNumber("maxShards", maxShards, shards, Math.floor(engine.nodeLimit / members)).filter(
      () => args.maxShards !== undefined,
    ),
  );
  const plan = shardPlan(layout, shards);
  const { node, problems } = nodePlan(args, members);
  refuseAll([...caught(() => checkShardPlan(layout, plan, engine.nodeLimit)), ...problems]);
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
    retainDataVolumes: args.retainDataVolumes ?? true,
    snapshotRetentionDays,
    ...(args.snapshotReplicaRegion === undefined ? {} : { snapshotReplicaRegion: args.snapshotReplicaRegion }),
  };
}

/** A tenth more, at least one: a replacement is launched before its predecessor goes. */
function withSurge(nodes: number): number {
  return nodes + Math.max(1, Math.ceil(nodes / 10));
}

function enginePlan(args: HotTierRedisArgs): EnginePlan {
  const engine = args.engine ?? Engine.Valkey;
  const version = args.engineVersion ?? defaultVersion(engine, args.engineArtifact !== undefined);
  const major = Number(version.split(".")[0]);
  return {
    engine,
    version,
    nodeLimit: engine === Engine.Valkey && major >= 9 ? 2000 : 1000,
    package: args.enginePackage ?? (engine === Engine.Valkey ? "valkey" : "redis6"),
    ...(args.engineArtifact === undefined ? {} : { artifact: args.engineArtifact }),
  };
}

function defaultVersion(engine: Engine, artifact: boolean): string {
  if (engine === Engine.Valkey) {
    return artifact ? "9.1" : "8";
  }
  return artifact ? "8.2" : "6.2";
}

function engineProblems(args: HotTierRedisArgs, engine: EnginePlan): Problem[] {
  const problems: Problem[] = [];
  if (!/^[0-9]+(\.[0-9]+){0,2}$/.test(engine.version)) {
    problems.push({
      path: "engineVersion",
      value: engine.version,
      reason: "must be one to three numbers, such as 9, 9.1 or 9.1.2",
      mend: "Write the numbers only, as far as they matter.",
    });
  }
  if (
    args.engineArtifact === undefined &&
    args.enginePackage === undefined &&
    engine.engine === Engine.Valkey &&
    engine.nodeLimit > 1000
  ) {
    problems.push({
      path: "engineVersion",
      value: engine.version,
      reason: "is not what Amazon Linux 2023 ships: its package `valkey` is version 8",
      mend: "Give engineArtifact with a build of that version, or enginePackage where the image's repositories have one.",
    });
  }
  for (const [path, artifact] of [
    ["engineArtifact", args.engineArtifact],
    ["exporterArtifact", args.exporterArtifact],
  ] as const) {
    if (artifact !== undefined && !/^[0-9a-f]{64}$/.test(artifact.sha256)) {
      problems.push({
        path: `${path}.sha256`,
        value: artifact.sha256,
        reason: "must be 64 lower-case hexadecimal digits",
        mend: "Take it from the publisher, or `sha256sum FILE` of a file that you checked.",
      });
    }
    if (artifact !== undefined && !/^[A-Za-z0-9][A-Za-z0-9._\/-]*$/.test(`${artifact.bucket}/${artifact.key}`)) {
      problems.push({
        path,
        value: `${artifact.bucket}/${artifact.key}`,
        reason: "must be a bucket and a key of letters, digits, dots, hyphens, underscores and slashes",
        mend: "Rename the object.",
      });
    }
  }
  return problems;
}

function replicaRegionProblems(args: HotTierRedisArgs): Problem[] {
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

function caught(check: () => void): Problem[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof PlanRefusedError) {
      return [...error.problems];
    }
    throw error;
  }
}
