import { reconcile } from "../../../hot-tier-controller/src/reconcile/reconcile.ts";
import { defaultBounds, InstanceState, type ObservedNode } from "../../../hot-tier-controller/src/model.ts";
import { controllerTiming } from "../hot-tier-redis/controller-timing.ts";
import type { HotTierPlan } from "../hot-tier-redis/hot-tier-plan.ts";
import { memberPlace } from "../hot-tier-redis/shard-plan.ts";

/** How the servers and the controller's orders behave in one run. Seconds. */
export interface ServerTimes {
  /** When the cluster elects for a shard by itself, after the loss; undefined when its votes split and nobody is elected. */
  election(shard: number): number | undefined;
  /** From an order until the shard takes writes. */
  orderedFailover(): number;
}

/** What a loss did. */
export interface HotTierOutcome {
  /** Seconds from the loss until every shard has a primary that lives. */
  coveredAfter: number;
  /** Failovers that the controller ordered. */
  ordered: number;
  /** Shards with no primary in the end. */
  lost: number[];
}

const slots = 16_384;

/**
 * A hot tier in virtual time: the members that the plan deals out, elections as they come, and the controller's own
 * `reconcile` at the looks that its schedule gives. Machines are said to run all the while, which is the slowest case: EC2
 * confirms nothing.
 *
 * @param fails whether a member goes at second 0
 * @param phase of the controller's schedule at the loss, seconds into a call's minute
 */
export function loseMembers(
  plan: HotTierPlan,
  fails: (node: Pick<ObservedNode, "id" | "zone" | "role">) => boolean,
  times: ServerTimes,
  phase: number,
): HotTierOutcome {
  const nodes = membersOf(plan);
  const dead = new Set(nodes.filter(fails).map(({ id }) => id));
  const shardOf = (id: string) => Number(id.split("-")[0]);
  const open = new Map(
    nodes.filter(({ id, role }) => role === "primary" && dead.has(id)).map(({ id }) => [shardOf(id), id]),
  );
  const elected = new Map<number, number>();
  for (const shard of open.keys()) {
    const at = times.election(shard);
    if (at !== undefined) {
      elected.set(shard, at);
    }
  }
  let coveredAfter = 0;
  let ordered = 0;
  let firstSeen: number | undefined;
  const electUntil = (now: number): void => {
    for (const [shard, at] of [...elected].sort(([, a], [, b]) => a - b)) {
      const heir = nodes.find((node) => shardOf(node.id) === shard && node.role === "replica" && !dead.has(node.id));
      if (at <= now && open.has(shard) && heir !== undefined) {
        promote(nodes, heir.id);
        open.delete(shard);
        coveredAfter = Math.max(coveredAfter, at);
      }
    }
  };
  for (const look of looks(phase)) {
    let now = look;
    electUntil(now);
    if (open.size === 0 || now > 3600) {
      break;
    }
    firstSeen ??= now;
    const downForMs = (now - firstSeen) * 1000;
    const observed = nodes.map((node) =>
      dead.has(node.id) ? { ...node, reachable: false, confirmedDown: true, downForMs } : node,
    );
    const { actions } = reconcile(
      {
        nodes: observed,
        settled: true,
        openSlots: [],
        moves: [],
        capacity: {},
        backupRunning: false,
        formed: true,
      },
      { shards: plan.shardPlan.shards, zones: plan.layout.zoneIds },
      { ...defaultBounds, nodeTimeoutMs: plan.nodeTimeoutMs },
    );
    for (const action of actions) {
      if (action.kind === "failover") {
        now += times.orderedFailover();
        ordered++;
        promote(nodes, action.node);
        open.delete(shardOf(action.node));
        coveredAfter = Math.max(coveredAfter, now);
      }
    }
  }
  return { coveredAfter, ordered, lost: [...open.keys()] };
}

/** When the controller looks: within its calls, a wait apart, and not between them. */
export function* looks(phase: number): Generator<number> {
  const { scheduleSeconds, workSeconds, waitSeconds } = controllerTiming;
  for (let call = -phase; ; call += scheduleSeconds) {
    for (let at = call; at < call + workSeconds; at += waitSeconds) {
      if (at > 0) {
        yield at;
      }
    }
  }
}

function membersOf({ layout, shardPlan }: HotTierPlan): (ObservedNode & { role: "primary" | "replica" })[] {
  const perShard = slots / shardPlan.shards;
  return Array.from({ length: shardPlan.shards }, (_, shard) => {
    const places = Array.from({ length: layout.membersPerShard }, (__, member) => memberPlace(layout, shard, member));
    const first = places.findIndex(({ primary }) => primary);
    return places.map((place, member) => ({
      id: `${shard}-${member}`,
      address: `10.0.${shard}.${member}:6379`,
      zone: place.zoneId,
      instanceId: `i-${shard}-${member}`,
      instance: InstanceState.Running,
      reachable: true,
      downForMs: 0,
      confirmedDown: false,
      idleForMs: 0,
      member: true,
      blank: false,
      role: place.primary ? ("primary" as const) : ("replica" as const),
      ...(place.primary ? {} : { primaryId: `${shard}-${first}` }),
      slots: place.primary
        ? [[Math.round(shard * perShard), Math.round((shard + 1) * perShard) - 1] as [number, number]]
        : [],
      offset: 0,
      synced: true,
      unsyncedForMs: 0,
      usedBytes: 0,
    }));
  }).flat();
}

/** A replica follows its primary, whose slots and other replicas it takes. */
function promote(nodes: ObservedNode[], id: string): void {
  const heir = nodes.find((node) => node.id === id);
  const former = nodes.find((node) => node.id === heir?.primaryId);
  nodes.forEach((node, index) => {
    if (node.id === id) {
      const { primaryId, ...rest } = node;
      void primaryId;
      nodes[index] = { ...rest, role: "primary", slots: former?.slots ?? [] };
    } else if (node.id === former?.id) {
      nodes[index] = { ...node, role: "replica", primaryId: id, slots: [] };
    } else if (node.primaryId === former?.id) {
      nodes[index] = { ...node, primaryId: id };
    }
  });
}
