import type { Problem } from "../shared/refusal.ts";

/** What shards are laid out over. Zones and groups are fixed for a cluster's life; shards come and go. */
export interface ShardLayout {
  /** Zones in their fixed order. */
  zoneIds: string[];
  /** Auto Scaling groups, each with a placement group, in every zone. */
  groupsPerZone: number;
  /** Members of a shard: the primary and its replicas. */
  membersPerShard: number;
}

/** Where one member of a shard lives. */
export interface MemberPlace {
  zoneId: string;
  /** The group's letter within its zone, from `a`. */
  group: string;
  /** Whether this member is the primary when the cluster is at rest. */
  primary: boolean;
}

/** One Auto Scaling group. */
export interface GroupPlan {
  /** `<zoneId>-<name>`, such as `use1-az1-a`: part of logical names. */
  key: string;
  zoneId: string;
  /** Position of the zone in the network's lists. */
  zoneIndex: number;
  /** The group's letter within its zone, from `a`: the tag `mrgc:group`. */
  name: string;
  /** Machines that the shards need here. */
  nodes: number;
}

/** A cluster's machines by group, and its primaries by zone. */
export interface ShardPlan {
  shards: number;
  nodes: number;
  groups: GroupPlan[];
  /** Primaries of each zone, in the zones' order. */
  primariesPerZone: number[];
}

/**
 * Where a member of a shard lives. Members are dealt out like cards: member `m` of shard `s` is card `s * members + m`,
 * zones take turns, and within a zone its groups take turns. The place follows from `s` and `m` alone, so shards can be
 * added and removed at the end without moving a node; consecutive cards lie in different zones, and any prefix of
 * the deck is even over zones and groups.
 *
 * @param shard from 0
 * @param member from 0, below `membersPerShard`
 */
export function memberPlace(layout: ShardLayout, shard: number, member: number): MemberPlace {
  const zones = layout.zoneIds.length;
  const card = shard * layout.membersPerShard + member;
  return {
    zoneId: layout.zoneIds[card % zones]!,
    group: groupName(Math.floor(card / zones) % layout.groupsPerZone),
    primary: member === primaryMember(layout, shard),
  };
}

/**
 * Which member of a shard is its primary at rest. First members visit only every `divisor`-th zone, in turns of
 * `zones / divisor` shards; moving the choice by one member each turn visits every zone once in `zones` shards.
 */
function primaryMember(layout: ShardLayout, shard: number): number {
  const zones = layout.zoneIds.length;
  const divisor = greatestCommonDivisor(zones, layout.membersPerShard);
  return Math.floor(shard / (zones / divisor)) % divisor;
}

/** The groups that a number of shards needs, in the zones' order. The effort follows from zones and groups alone. */
export function shardPlan(layout: ShardLayout, shards: number): ShardPlan {
  const zones = layout.zoneIds.length;
  const nodes = shards * layout.membersPerShard;
  const groups = layout.zoneIds.flatMap((zoneId, zoneIndex) =>
    Array.from({ length: layout.groupsPerZone }, (_, group) => ({
      key: `${zoneId}-${groupName(group)}`,
      zoneId,
      zoneIndex,
      name: groupName(group),
      nodes: share(nodes, zones * layout.groupsPerZone, group * zones + zoneIndex),
    })),
  );
  return { shards, nodes, groups, primariesPerZone: primariesPerZone(layout, shards) };
}

function primariesPerZone(layout: ShardLayout, shards: number): number[] {
  const zones = layout.zoneIds.length;
  const counts = layout.zoneIds.map(() => Math.floor(shards / zones));
  for (let shard = shards - (shards % zones); shard < shards; shard++) {
    const { zoneId } = memberPlace(layout, shard, primaryMember(layout, shard));
    counts[layout.zoneIds.indexOf(zoneId)]! += 1;
  }
  return counts;
}

function groupName(group: number): string {
  return String.fromCharCode("a".charCodeAt(0) + group);
}

/** What the holder at `position` gets when `cards` are dealt to `holders` in turns. */
function share(cards: number, holders: number, position: number): number {
  return Math.floor(cards / holders) + (position < cards % holders ? 1 : 0);
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other);
}

/** Machines of one placement group, at most. The source documents' figure: AWS documents none (correction E33: its 500 counts groups). */
export const maxNodesPerPlacementGroup = 500;

/**
 * What a cluster could not survive: fewer than three zones, two members of a shard in one zone, and numbers of shards where the
 * zone with most primaries takes the voters' majority with it (1, 2 and 4 over three zones). Only primaries vote, so what is
 * left must be more than half of them (correction E26). And what no engine or placement group holds.
 */
export function shardPlanProblems(layout: ShardLayout, plan: ShardPlan, engineNodeLimit: number): Problem[] {
  const zones = layout.zoneIds.length;
  const problems: Problem[] = [];
  if (zones < 3) {
    problems.push({
      path: "network.zoneIds",
      value: layout.zoneIds,
      reason:
        "must be at least three zones: with two, losing one always loses half of the voters, and nothing fails over",
      mend: "Give a network with three zones.",
    });
  } else if (plan.shards - Math.max(...plan.primariesPerZone) <= plan.shards / 2) {
    problems.push({
      path: "shards",
      value: plan.shards,
      reason: `puts ${Math.max(...plan.primariesPerZone)} of ${plan.shards} primaries into one zone: its loss takes the majority of the voters, and nothing fails over`,
      mend: `Choose ${smallestSafeShards(layout, plan.shards)} shards or more.`,
    });
  }
  if (layout.membersPerShard > zones) {
    problems.push({
      path: "replicasPerShard",
      value: layout.membersPerShard - 1,
      reason: `needs ${layout.membersPerShard} zones, one for each member of a shard, and the network has ${zones}`,
      mend: `Choose at most ${zones - 1}, or a network with more zones.`,
    });
  }
  if (plan.nodes > engineNodeLimit) {
    problems.push({
      path: "shards",
      value: plan.shards,
      reason: `makes ${plan.nodes} nodes, and a cluster of this engine holds ${engineNodeLimit} (correction E30)`,
      mend: `Choose at most ${Math.floor(engineNodeLimit / layout.membersPerShard)} shards, larger instances, or Valkey 9 (2000 nodes).`,
    });
  }
  const largest = Math.max(...plan.groups.map((group) => group.nodes));
  if (largest > maxNodesPerPlacementGroup) {
    problems.push({
      path: "groupsPerZone",
      value: layout.groupsPerZone,
      reason: `puts ${largest} nodes into one placement group, and at most ${maxNodesPerPlacementGroup} are admitted`,
      mend: `Choose at least ${Math.ceil((largest * layout.groupsPerZone) / maxNodesPerPlacementGroup)}.`,
    });
  }
  return problems;
}

function smallestSafeShards(layout: ShardLayout, from: number): number {
  let shards = from + 1;
  while (shards - Math.max(...primariesPerZone(layout, shards)) <= shards / 2) {
    shards++;
  }
  return shards;
}
