import { InstanceState } from "../model.ts";
import type { ObservedNode } from "../model.ts";
import { completeLaunch, isMoving } from "./lifecycle.ts";
import type { Choice } from "./shards.ts";
import { isAlive, isComplete, isStaying, isSurelyDown } from "./view.ts";
import type { Pass } from "./view.ts";

/** Groups grow at once; they shrink by their capacity only as far as machines were never launched. */
export function setCapacity(pass: Pass): void {
  const needed = nodesPerZone(pass);
  for (const zone of pass.desired.zones) {
    const machines = pass.nodes.filter((node) => node.zone === zone && machineStays(node)).length;
    const capacity = pass.observed.capacity[zone] ?? 0;
    const wanted = capacity < needed ? needed : Math.min(capacity, Math.max(needed, machines));
    if (capacity !== wanted) {
      pass.actions.push({
        kind: "set-capacity",
        zone,
        capacity: wanted,
        reason: `${needed} shards have one node each in ${zone}; ${capacity} were ordered`,
      });
    }
  }
}

/** A shard that is drained still needs all its members: without them it could neither give nor survive. */
function nodesPerZone(pass: Pass): number {
  return Math.max(pass.desired.shards, pass.shards.filter((shard) => shard.slots > 0).length);
}

/** Shards that hold nothing any more and are not wanted fall apart into spares. */
export function dismantle(pass: Pass, choice: Choice): void {
  const open = new Set(pass.observed.openSlots.flatMap((slot) => [slot.from, slot.to]));
  for (const shard of choice.drained) {
    const { id } = shard.primary;
    if (shard.slots > 0 || pass.touched.has(id) || open.has(id) || isMoving(pass, id)) {
      continue;
    }
    pass.touched.add(id);
    for (const replica of shard.replicas.filter(isStaying)) {
      pass.actions.push({ kind: "detach", node: replica.id, reason: `shard ${id} is drained and not wanted` });
    }
  }
}

/** Spares that nobody needs leave: the machine first enters the termination hook. */
export function dismissSpares(pass: Pass, choice: Choice): void {
  for (const zone of pass.desired.zones) {
    const inUse = [...choice.kept, ...choice.drained.filter((shard) => shard.slots > 0)];
    const served = inUse.filter((shard) =>
      [shard.primary, ...shard.replicas].some((node) => node.zone === zone && isStaying(node)),
    ).length;
    const here = pass.spares.filter((spare) => spare.zone === zone);
    const taken = pass.actions.filter(
      (action) => action.kind === "replicate" && pass.byId.get(action.node)?.zone === zone,
    );
    const needed = Math.max(0, nodesPerZone(pass) - served - taken.length);
    let capacity = pass.observed.capacity[zone] ?? 0;
    for (const spare of here.slice(needed)) {
      if (spare.instance === InstanceState.Launching) {
        completeLaunch(pass, spare, "it is not needed and can only leave once it is in service");
        continue;
      }
      const ordered = capacity > nodesPerZone(pass);
      if (!ordered && spare.idleForMs < pass.bounds.surplusAfterMs) {
        // Nobody ordered it: Auto Scaling launches a successor before it terminates the predecessor, whose place this is.
        continue;
      }
      pass.actions.push({
        kind: "terminate",
        instanceId: spare.instanceId,
        zone,
        replace: !ordered,
        reason: `${pass.desired.shards} shards need no more nodes in ${zone}`,
      });
      capacity -= 1;
    }
  }
}

/**
 * A server that stays dead on a running machine: the machine is replaced, one at a time. A member that only the controller misses keeps its
 * machine, which may serve.
 */
export function replaceDead(pass: Pass): void {
  const leaving = pass.nodes.some((node) => node.instance === InstanceState.Terminating);
  for (const node of pass.nodes) {
    if (isAlive(node) || node.instance !== InstanceState.Running) {
      continue;
    }
    pass.alarms.push({
      code: "node-down",
      subject: node.id,
      message: `${node.address} in ${node.zone} does not answer for ${node.downForMs} ms; its machine ${node.instanceId} runs.`,
    });
    const due = node.downForMs >= pass.bounds.replaceAfterMs && (!node.member || isSurelyDown(node));
    if (due && !leaving && !pass.actions.some((action) => action.kind === "terminate")) {
      pass.actions.push({
        kind: "terminate",
        instanceId: node.instanceId,
        zone: node.zone,
        replace: true,
        reason: `its server is dead for ${node.downForMs} ms and owns nothing`,
      });
    }
  }
}

/** Replicas that cannot get a full copy are named; nothing is done to them, because they may be all that is left. */
export function reportUnsynced(pass: Pass): void {
  for (const node of pass.nodes) {
    if (
      isAlive(node) &&
      node.role === "replica" &&
      !node.synced &&
      node.unsyncedForMs >= pass.bounds.syncAlarmAfterMs
    ) {
      pass.alarms.push({
        code: "replica-not-syncing",
        subject: node.id,
        message: `${node.address} in ${node.zone} has had no full copy of ${node.primaryId ?? "its primary"} for ${node.unsyncedForMs} ms: look at its disk, its memory and the primary's output buffer limit.`,
      });
    }
  }
}

/** When all is quiet: one graceful failover at a time until the zones' numbers of primaries differ by one at most. */
export function spreadPrimaries(pass: Pass, choice: Choice): void {
  const { zones } = pass.desired;
  const quiet =
    !pass.actions.some((action) => action.kind !== "heartbeat") &&
    choice.drained.length === 0 &&
    choice.kept.length === pass.desired.shards &&
    choice.kept.every((shard) => isComplete(shard, zones)) &&
    pass.observed.moves.every((move) => move.state !== "running");
  if (!quiet) {
    return;
  }
  const count = (zone: string): number => choice.kept.filter((shard) => shard.primary.zone === zone).length;
  const ordered = [...zones].sort((a, b) => count(b) - count(a));
  const fullest = ordered[0] ?? "";
  const emptiest = ordered.at(-1) ?? "";
  if (count(fullest) - count(emptiest) <= 1) {
    return;
  }
  const shard = choice.kept.find((candidate) => candidate.primary.zone === fullest && candidate.slots > 0);
  const heir = shard?.replicas.find((node) => node.zone === emptiest && isStaying(node) && node.synced);
  if (heir !== undefined) {
    pass.actions.push({
      kind: "failover",
      node: heir.id,
      mode: "graceful",
      reason: `${fullest} has ${count(fullest)} primaries and ${emptiest} has ${count(emptiest)}`,
    });
  }
}

function machineStays(node: ObservedNode): boolean {
  return node.instance === InstanceState.Running || node.instance === InstanceState.Launching;
}
