import { InstanceState } from "../model.ts";
import type { Action, Alarm, Bounds, Desired, ObservedCluster, ObservedNode } from "../model.ts";
import { countSlots } from "../slots.ts";

/** A primary and its replicas. An empty primary counts once it has a replica; before, it is a spare. */
export interface Shard {
  readonly primary: ObservedNode;
  readonly replicas: readonly ObservedNode[];
  readonly slots: number;
}

/** One pass in the making: the observation put in order, and what was decided so far. */
export interface Pass {
  readonly observed: ObservedCluster;
  readonly desired: Desired;
  readonly bounds: Bounds;
  readonly nodes: readonly ObservedNode[];
  readonly byId: ReadonlyMap<string, ObservedNode>;
  readonly shards: readonly Shard[];
  /** Live members that own nothing, copy nothing, have no replica and take part in no move. */
  readonly spares: ObservedNode[];
  readonly actions: Action[];
  readonly alarms: Alarm[];
  /** Ids of primaries whose shard already changes in this pass: one change a shard keeps every prefix of the plan safe. */
  readonly touched: Set<string>;
  /** Instances whose hook is completed in this pass. */
  readonly completed: Set<string>;
}

export function isAlive(node: ObservedNode): boolean {
  return node.reachable && node.instance !== InstanceState.Gone;
}

/** Of a node that does not answer: whether EC2, a member or its own server says so too. The controller alone may be wrong. */
export function isSurelyDown(node: ObservedNode): boolean {
  return node.instance === InstanceState.Gone || node.confirmedDown;
}

/** Alive, and its machine stays. */
export function isStaying(node: ObservedNode): boolean {
  return isAlive(node) && node.instance !== InstanceState.Terminating;
}

export function isOwner(node: ObservedNode): boolean {
  return node.role === "primary" && node.slots.length > 0;
}

/** Live nodes with all data of the shard. */
export function liveCopies(shard: Shard): ObservedNode[] {
  return [shard.primary, ...shard.replicas].filter((node) => isAlive(node) && node.synced);
}

/** Whether losing one zone leaves a copy: a synced replica that stays, in another zone than the primary. */
export function isRedundant(shard: Shard): boolean {
  return (
    isStaying(shard.primary) &&
    shard.replicas.some((replica) => isStaying(replica) && replica.synced && replica.zone !== shard.primary.zone)
  );
}

/** Whether a shard has a node that stays in each zone. */
export function isComplete(shard: Shard, zones: readonly string[]): boolean {
  const staying = [shard.primary, ...shard.replicas].filter((node) => isStaying(node) && node.synced);
  return zones.every((zone) => staying.some((node) => node.zone === zone));
}

/** Primaries a zone, counting those that stay and own slots or have replicas. */
export function primariesByZone(pass: Pass): Map<string, number> {
  const counts = new Map(pass.desired.zones.map((zone) => [zone, 0]));
  for (const { primary } of pass.shards) {
    if (isStaying(primary)) {
      counts.set(primary.zone, (counts.get(primary.zone) ?? 0) + 1);
    }
  }
  return counts;
}

/** Puts an observation in order. Sorting by id first makes the plan independent of the input's order. */
export function startPass(observed: ObservedCluster, desired: Desired, bounds: Bounds): Pass {
  const nodes = [...observed.nodes].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const replicasOf = new Map<string, ObservedNode[]>();
  for (const node of nodes) {
    if (node.member && node.role === "replica" && node.primaryId !== undefined) {
      const known = replicasOf.get(node.primaryId);
      if (known === undefined) {
        replicasOf.set(node.primaryId, [node]);
      } else {
        known.push(node);
      }
    }
  }
  const linked = new Set([
    ...observed.openSlots.flatMap((open) => [open.from, open.to]),
    ...observed.moves.filter((move) => move.state === "running").flatMap((move) => [move.from, move.to]),
  ]);
  const shards: Shard[] = [];
  const spares: ObservedNode[] = [];
  for (const node of nodes) {
    if (!node.member || node.role !== "primary") {
      continue;
    }
    const replicas = replicasOf.get(node.id) ?? [];
    if (isOwner(node) || replicas.length > 0) {
      shards.push({ primary: node, replicas, slots: countSlots(node.slots) });
    } else if (isStaying(node) && !linked.has(node.id)) {
      spares.push(node);
    }
  }
  return {
    observed,
    desired,
    bounds,
    nodes,
    byId,
    shards,
    spares,
    actions: [],
    alarms: [],
    touched: new Set(),
    completed: new Set(),
  };
}

/** Takes the first spare of a zone, so that nobody else in this pass uses it. */
export function takeSpare(pass: Pass, zone: string): ObservedNode | undefined {
  const index = pass.spares.findIndex((spare) => spare.zone === zone);
  return index < 0 ? undefined : pass.spares.splice(index, 1)[0];
}

/** Best first: synced, most of the shard's writes, then the zone with the fewest primaries, then the id. */
export function byFreshness(zones: ReadonlyMap<string, number>): (a: ObservedNode, b: ObservedNode) => number {
  return (a, b) =>
    Number(b.synced) - Number(a.synced) ||
    b.offset - a.offset ||
    (zones.get(a.zone) ?? 0) - (zones.get(b.zone) ?? 0) ||
    (a.id < b.id ? -1 : 1);
}
