import type { ObservedNode } from "../model.ts";
import { missingSlots, quotas, countSlots, takeSlots, subtractRanges } from "../slots.ts";
import type { SlotRange } from "../slots.ts";
import { byFreshness, isAlive, isOwner, isStaying, liveCopies, primariesByZone, takeSpare } from "./view.ts";
import type { Pass, Shard } from "./view.ts";

/** Which shards stay, largest first, and which are drained. */
export interface Choice {
  readonly kept: readonly Shard[];
  readonly drained: readonly Shard[];
}

/** The shards with the most slots stay: moves are fewest, and a move that began goes on in its direction. */
export function chooseShards(pass: Pass): Choice {
  const ordered = pass.shards
    .filter((shard) => isAlive(shard.primary))
    .sort((a, b) => b.slots - a.slots || (a.primary.id < b.primary.id ? -1 : 1));
  return { kept: ordered.slice(0, pass.desired.shards), drained: ordered.slice(pass.desired.shards) };
}

/** One member of each shard in each zone: spare nodes fill vacancies, second members of a zone leave. */
export function placeMembers(pass: Pass, choice: Choice): void {
  releaseOrphans(pass);
  const neediest = [...choice.kept].sort((a, b) => liveCopies(a).length - liveCopies(b).length);
  for (const shard of neediest) {
    if (!pass.touched.has(shard.primary.id) && !releaseDuplicate(pass, shard)) {
      fillVacancy(pass, shard);
    }
  }
  formShards(pass, choice);
  for (const shard of choice.drained) {
    if (shard.slots > 0) {
      fillVacancy(pass, shard);
    }
  }
}

/** The first slots of a new cluster. True when slots were given, or cannot be given yet: the pass ends here. */
export function formCluster(pass: Pass): boolean {
  const owners = pass.nodes.filter((node) => node.member && isOwner(node));
  const missing = pass.observed.formed ? [] : missingSlots(owners.flatMap((node) => [...node.slots]));
  if (missing.length === 0) {
    return false;
  }
  const { shards, zones } = pass.desired;
  const newOwners = Math.max(0, shards - owners.length);
  const short = zones.filter(
    (zone) => pass.nodes.filter((n) => n.member && isStaying(n) && n.zone === zone).length < shards,
  );
  if (short.length > 0) {
    waitForNodes(pass, short, `A new cluster of ${shards} shards begins with ${shards} nodes in each zone.`);
    return true;
  }
  let rest: readonly SlotRange[] = missing;
  const counts = primariesByZone(pass);
  for (let index = 0; index < newOwners; index++) {
    const node = takeSpareOf(pass, fewestFirst(zones, counts));
    if (node === undefined) {
      return true;
    }
    const share = takeSlots(rest, Math.ceil(countSlots(rest) / (newOwners - index)));
    rest = subtractRanges(rest, share);
    counts.set(node.zone, (counts.get(node.zone) ?? 0) + 1);
    pass.actions.push({ kind: "assign-slots", node: node.id, slots: share, reason: "a new cluster is formed" });
  }
  const smallest = [...owners].sort((a, b) => countSlots(a.slots) - countSlots(b.slots))[0];
  if (newOwners === 0 && smallest !== undefined) {
    pass.actions.push({ kind: "assign-slots", node: smallest.id, slots: missing, reason: "forming was interrupted" });
  }
  return true;
}

/** Final shares: the largest shard of those that stay gets the largest share. Drained shards get nothing. */
export function shares(choice: Choice, desiredShards: number): Map<string, number> {
  const even = quotas(desiredShards);
  const result = new Map(choice.drained.map((shard): [string, number] => [shard.primary.id, 0]));
  for (const [index, shard] of choice.kept.entries()) {
    result.set(shard.primary.id, even[index] ?? 0);
  }
  return result;
}

/** Replicas of nobody: their primary is unknown, or dead with no slot. They become spares. */
function releaseOrphans(pass: Pass): void {
  const importing = new Set(pass.observed.openSlots.map((open) => open.to));
  for (const node of pass.nodes) {
    if (!node.member || node.role !== "replica" || !isStaying(node)) {
      continue;
    }
    const primary = pass.byId.get(node.primaryId ?? "");
    const follows =
      primary !== undefined && primary.member && (isAlive(primary) || isOwner(primary) || importing.has(primary.id));
    if (!follows) {
      pass.actions.push({ kind: "detach", node: node.id, reason: "its primary is gone and owned nothing" });
    }
  }
}

function releaseDuplicate(pass: Pass, shard: Shard): boolean {
  const order = byFreshness(new Map());
  for (const zone of pass.desired.zones) {
    const [, ...more] = [shard.primary, ...shard.replicas.filter(isStaying).sort(order)].filter(
      (node) => node.zone === zone && isStaying(node),
    );
    const leaves = more.at(-1);
    if (leaves !== undefined && (!leaves.synced || liveCopies(shard).length > 2)) {
      pass.touched.add(shard.primary.id);
      pass.actions.push({
        kind: "detach",
        node: leaves.id,
        reason: `shard ${shard.primary.id} has another member in ${zone}`,
      });
      return true;
    }
  }
  return false;
}

function fillVacancy(pass: Pass, shard: Shard): void {
  if (pass.touched.has(shard.primary.id)) {
    return;
  }
  const staying = [shard.primary, ...shard.replicas].filter(isStaying);
  for (const zone of pass.desired.zones) {
    if (staying.some((node) => node.zone === zone)) {
      continue;
    }
    const spare = takeSpare(pass, zone);
    if (spare !== undefined) {
      pass.touched.add(shard.primary.id);
      pass.actions.push({
        kind: "replicate",
        node: spare.id,
        primary: shard.primary.id,
        reason: `shard ${shard.primary.id} has nobody in ${zone}`,
      });
      return;
    }
    pass.alarms.push({
      code: "waiting-for-nodes",
      subject: zone,
      message: `Shard ${shard.primary.id} has no live member in ${zone}, and no spare node is there yet.`,
    });
  }
}

/** A new shard begins with two spares in two zones; the other zones are filled like any vacancy. */
function formShards(pass: Pass, choice: Choice): void {
  const counts = primariesByZone(pass);
  for (let missing = pass.desired.shards - choice.kept.length; missing > 0; missing--) {
    const zones = fewestFirst(pass.desired.zones, counts);
    const ready = zones.filter((zone) => pass.spares.some((spare) => spare.zone === zone));
    const primary = ready.length < 2 ? undefined : takeSpare(pass, ready[0] ?? "");
    const replica = primary === undefined ? undefined : takeSpare(pass, ready[1] ?? "");
    if (primary === undefined || replica === undefined) {
      const without = pass.desired.zones.filter((zone) => !ready.includes(zone));
      waitForNodes(pass, without, `${missing} more shards are wanted; each begins with nodes in two zones.`);
      return;
    }
    counts.set(primary.zone, (counts.get(primary.zone) ?? 0) + 1);
    pass.touched.add(primary.id);
    pass.actions.push({
      kind: "replicate",
      node: replica.id,
      primary: primary.id,
      reason: `a new shard begins: ${choice.kept.length} of ${pass.desired.shards} are there`,
    });
  }
}

function fewestFirst(zones: readonly string[], counts: ReadonlyMap<string, number>): string[] {
  return [...zones].sort((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0));
}

function takeSpareOf(pass: Pass, zones: readonly string[]): ObservedNode | undefined {
  for (const zone of zones) {
    const spare = takeSpare(pass, zone);
    if (spare !== undefined) {
      return spare;
    }
  }
  return undefined;
}

function waitForNodes(pass: Pass, zones: readonly string[], message: string): void {
  pass.alarms.push({ code: "waiting-for-nodes", subject: zones.join(" "), message });
}
