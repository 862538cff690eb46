import { InstanceState } from "../model.ts";
import type { ObservedNode } from "../model.ts";
import { formatRanges, missingSlots } from "../slots.ts";
import { byFreshness, isAlive, isOwner, isSurelyDown, primariesByZone } from "./view.ts";
import type { Pass, Shard } from "./view.ts";

/**
 * Slots without a live owner come before everything else. True when there are any: the pass ends here.
 *
 * The cluster may elect by itself first: its own election knows more than we do. When it cannot, because most voters are
 * dead, `TAKEOVER` (no votes asked) promotes only as many as make a majority again; the others are forced, with votes.
 */
export function recover(pass: Pass): boolean {
  const owners = pass.shards.filter((shard) => isOwner(shard.primary));
  const dead = owners.filter((shard) => !isAlive(shard.primary));
  const lost = pass.observed.formed ? missingSlots(owners.flatMap((shard) => [...shard.primary.slots])) : [];
  if (lost.length > 0) {
    pass.alarms.push({
      code: "slots-lost",
      subject: formatRanges(lost),
      message:
        "No node owns these slots. Restore them from a backup (`hot-tier restore`), or assign them empty by hand.",
    });
  }
  promote(pass, dead, owners);
  promoteImporters(pass, dead);
  return dead.length > 0 || lost.length > 0;
}

function promote(pass: Pass, dead: readonly Shard[], owners: readonly Shard[]): void {
  const { bounds } = pass;
  const quorum = Math.floor(owners.length / 2) + 1;
  // Voters that only the controller misses vote.
  const votes = owners.length - dead.filter((shard) => isSurelyDown(shard.primary)).length;
  let missingVotes = quorum - votes;
  const lostMajority = missingVotes > 0;
  const mayTakeOver = lostMajority && !isIsolated(pass, dead);
  for (const shard of dead) {
    const best = bestCopy(pass, shard);
    if (best === undefined) {
      pass.alarms.push({
        code: "slots-lost",
        subject: formatRanges(shard.primary.slots),
        message: `No live copy of the shard of ${shard.primary.id} (${shard.primary.address}) is left. It comes back with its machine, or from a backup: \`hot-tier restore\` after approval.`,
      });
      continue;
    }
    if (lostMajority && !mayTakeOver) {
      continue;
    }
    const patienceMs = bounds.nodeTimeoutMs + (lostMajority ? 0 : bounds.electionGraceMs);
    if (shard.primary.downForMs < patienceMs && shard.primary.instance !== InstanceState.Gone) {
      pass.alarms.push({
        code: "waiting-for-election",
        subject: shard.primary.id,
        message: `Primary ${shard.primary.address} is down for ${shard.primary.downForMs} ms; a failover is ordered after ${patienceMs} ms.`,
      });
      continue;
    }
    if (!isSurelyDown(shard.primary)) {
      pass.alarms.push({
        code: "not-confirmed",
        subject: shard.primary.id,
        message: `Primary ${shard.primary.address} does not answer the controller for ${shard.primary.downForMs} ms, but no member calls it failing: look at the way there and at the controller's login. It is not failed over, because it may serve.`,
      });
      continue;
    }
    const takeover = missingVotes > 0;
    missingVotes -= 1;
    pass.actions.push({
      kind: "failover",
      node: best.id,
      mode: takeover ? "takeover" : "force",
      reason: takeover
        ? `primary ${shard.primary.id} is dead and the voters' majority is lost`
        : `primary ${shard.primary.id} is dead and the cluster elected nobody in ${shard.primary.downForMs} ms`,
    });
  }
}

/**
 * A dead primary that a slot was being moved to may hold the only copy of moved keys without owning a slot: nobody votes
 * for its replica, so it is promoted without votes, which takes no slot from anyone.
 */
function promoteImporters(pass: Pass, dead: readonly Shard[]): void {
  const targets = new Set(pass.observed.openSlots.map((open) => open.to));
  for (const shard of pass.shards) {
    if (!targets.has(shard.primary.id) || isAlive(shard.primary) || dead.includes(shard)) {
      continue;
    }
    const best = bestCopy(pass, shard);
    const due = shard.primary.downForMs >= pass.bounds.nodeTimeoutMs && isSurelyDown(shard.primary);
    if (best !== undefined && due) {
      pass.actions.push({
        kind: "failover",
        node: best.id,
        mode: "takeover",
        reason: `${shard.primary.id} died while slots were moved to it`,
      });
    }
  }
}

function bestCopy(pass: Pass, shard: Shard): ObservedNode | undefined {
  const order = byFreshness(primariesByZone(pass));
  return shard.replicas.filter((node) => isAlive(node) && node.synced).sort(order)[0];
}

/**
 * Whether the controller itself may be the one that is cut off: it sees half of the zones or fewer, and EC2 does not
 * confirm that the missing machines are gone. Taking over then could make a second owner of a slot.
 */
function isIsolated(pass: Pass, dead: readonly Shard[]): boolean {
  const seen = new Set(pass.nodes.filter((node) => node.member && isAlive(node)).map((node) => node.zone));
  const seenZones = pass.desired.zones.filter((zone) => seen.has(zone)).length;
  const confirmed = dead.every((shard) => shard.primary.instance === InstanceState.Gone);
  const isolated = seenZones * 2 <= pass.desired.zones.length && !confirmed;
  if (isolated) {
    pass.alarms.push({
      code: "isolated",
      subject: [...seen].sort().join(" "),
      message: `Only ${seenZones} of ${pass.desired.zones.length} zones answer, the voters' majority is lost, and EC2 does not call the missing machines gone: no takeover, because the other side may still serve.`,
    });
  }
  return isolated;
}
