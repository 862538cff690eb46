import { InstanceState } from "../model.ts";
import type { ObservedNode } from "../model.ts";
import { byFreshness, isAlive, isOwner, isStaying, liveCopies, primariesByZone } from "./view.ts";
import type { Pass, Shard } from "./view.ts";

/** Launch hooks: a machine counts once its node is a synced part of a shard. */
export function completeLaunches(pass: Pass): void {
  for (const node of pass.nodes) {
    if (node.instance !== InstanceState.Launching || !isAlive(node) || !node.member) {
      continue;
    }
    const leads = pass.shards.some((shard) => shard.primary.id === node.id);
    if (node.role === "replica" ? node.synced : leads) {
      completeLaunch(pass, node, "its node is a synced member");
    }
  }
}

export function completeLaunch(pass: Pass, node: ObservedNode, reason: string): void {
  pass.completed.add(node.instanceId);
  pass.actions.push({ kind: "complete-launch", instanceId: node.instanceId, zone: node.zone, reason });
}

/** Machines in the termination hook: hand over, leave, and only then let the machine go. */
export function releaseTerminating(pass: Pass): void {
  for (const node of pass.nodes) {
    if (node.instance !== InstanceState.Terminating) {
      continue;
    }
    if (!node.member || (!isAlive(node) && !isOwner(node))) {
      pass.completed.add(node.instanceId);
      pass.actions.push({
        kind: "complete-termination",
        instanceId: node.instanceId,
        zone: node.zone,
        reason: node.member ? "its server is dead and owns nothing" : "its node is no member any more",
      });
    } else if (isAlive(node)) {
      leave(pass, node);
    }
  }
}

/** Hooks that stay open are kept open. A machine whose server never answered is not: its hook's time-out abandons it. */
export function keepHooks(pass: Pass): void {
  for (const node of pass.nodes) {
    const waits =
      node.instance === InstanceState.Terminating || (node.instance === InstanceState.Launching && node.reachable);
    if (waits && !pass.completed.has(node.instanceId)) {
      pass.actions.push({
        kind: "heartbeat",
        instanceId: node.instanceId,
        zone: node.zone,
        hook: node.instance === InstanceState.Terminating ? "terminating" : "launching",
        reason: "its hook has to stay open",
      });
    }
  }
}

function leave(pass: Pass, node: ObservedNode): void {
  const primaryId = node.role === "primary" ? node.id : node.primaryId;
  const shard = pass.shards.find((candidate) => candidate.primary.id === primaryId);
  if (pass.observed.openSlots.some((open) => open.to === node.id || open.from === node.id)) {
    return;
  }
  if (shard === undefined) {
    retire(pass, node, "it holds nothing");
  } else if (pass.touched.has(shard.primary.id)) {
    return;
  } else if (node.role === "primary") {
    handOver(pass, shard);
  } else if (shard.slots === 0 || !node.synced || liveCopies(shard).length > 2) {
    pass.touched.add(shard.primary.id);
    retire(pass, node, `shard ${shard.primary.id} keeps ${liveCopies(shard).length - 1} copies`);
  } else {
    blocked(pass, node, `Only ${liveCopies(shard).length} live copies of shard ${shard.primary.id} are left`);
  }
}

function handOver(pass: Pass, shard: Shard): void {
  const { primary } = shard;
  if (shard.slots === 0) {
    // Nothing to hand over, and servers refuse a failover of an empty primary: its replicas leave it first.
    pass.touched.add(primary.id);
    for (const replica of shard.replicas.filter(isAlive)) {
      pass.actions.push({ kind: "detach", node: replica.id, reason: `its empty primary ${primary.id} is terminating` });
    }
    return;
  }
  const heir = shard.replicas
    .filter((node) => isStaying(node) && node.synced)
    .sort(byFreshness(primariesByZone(pass)))[0];
  if (heir === undefined) {
    blocked(pass, primary, `No synced replica that stays can take over its slots`);
  } else if (!isMoving(pass, primary.id)) {
    pass.touched.add(primary.id);
    pass.actions.push({
      kind: "failover",
      node: heir.id,
      mode: "graceful",
      reason: `primary ${primary.id} is on a terminating machine`,
    });
  }
}

/** Whether a move from or to this primary goes on. */
export function isMoving(pass: Pass, id: string): boolean {
  return pass.observed.moves.some((move) => move.state === "running" && (move.from === id || move.to === id));
}

function retire(pass: Pass, node: ObservedNode, why: string): void {
  pass.actions.push({
    kind: "retire",
    node: node.id,
    reason: `its machine ${node.instanceId} is terminating and ${why}`,
  });
}

function blocked(pass: Pass, node: ObservedNode, why: string): void {
  pass.alarms.push({
    code: "termination-blocked",
    subject: node.instanceId,
    message: `${why}: the hook of ${node.instanceId} (${node.address}) is kept open until another copy is synced.`,
  });
}
