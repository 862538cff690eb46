import { InstanceState } from "../model.ts";
import { countSlots, takeSlots } from "../slots.ts";
import { isMoving } from "./lifecycle.ts";
import { shares } from "./shards.ts";
import type { Choice } from "./shards.ts";
import { isAlive, isRedundant } from "./view.ts";
import type { Pass, Shard } from "./view.ts";

/** Failures in a row of a pair of shards after which an alarm names it. */
const alarmAfterFailures = 3;
/** Failures in a row after which slots are moved key by key: slower, but in small steps (valkey issue 4545). */
const byKeysAfterFailures = 5;

/**
 * Slots that an interrupted move left open. True when there are any: nothing else is moved in this pass. One whose destination is there and
 * does not answer stays open: it may hold part of the keys.
 */
export function repairOpenSlots(pass: Pass): boolean {
  for (const open of pass.observed.openSlots) {
    const to = pass.byId.get(open.to ?? "");
    const owner = pass.byId.get(open.from);
    if (owner === undefined || !isAlive(owner) || isMoving(pass, open.from)) {
      continue;
    }
    pass.touched.add(open.from);
    if (to !== undefined && to.member && isAlive(to) && to.role === "primary") {
      pass.touched.add(to.id);
      // Always forward: part of the keys is there already, and clients are sent there.
      pass.actions.push({
        kind: "finish-slot",
        slot: open.slot,
        from: open.from,
        to: to.id,
        reason: "a move was interrupted",
      });
    } else if (to?.role !== "primary" || !to.member || to.instance === InstanceState.Gone) {
      pass.actions.push({
        kind: "close-slot",
        slot: open.slot,
        from: open.from,
        reason: "its destination is not there",
      });
    }
  }
  return pass.observed.openSlots.length > 0;
}

/** Moves towards the final shares, only into shards that survive the loss of a zone. True as long as shares differ. */
export function moveSlots(pass: Pass, choice: Choice): boolean {
  const target = shares(choice, pass.desired.shards);
  const shardOf = new Map(pass.shards.map((shard) => [shard.primary.id, shard]));
  const wanted = (shard: Shard): number => (target.get(shard.primary.id) ?? 0) - shard.slots;
  const all = [...choice.kept, ...choice.drained];
  const sources = all.filter((shard) => wanted(shard) < 0).sort((a, b) => wanted(a) - wanted(b));
  const destinations = all.filter((shard) => wanted(shard) > 0).sort((a, b) => wanted(b) - wanted(a));
  reportFailures(pass);
  if (pass.observed.backupRunning) {
    return sources.length > 0;
  }
  const busy = new Set(pass.touched);
  let running = 0;
  for (const move of pass.observed.moves) {
    if (move.state === "running") {
      running += 1;
      busy.add(move.from).add(move.to);
    }
  }
  for (const source of sources) {
    if (running >= pass.bounds.parallelMoves) {
      break;
    }
    const destination = busy.has(source.primary.id)
      ? undefined
      : destinations.find((shard) => mayReceive(pass, source, shard, busy));
    if (destination !== undefined) {
      running += 1;
      busy.add(source.primary.id).add(destination.primary.id);
      pass.touched.add(source.primary.id).add(destination.primary.id);
      order(pass, source, destination, Math.min(-wanted(source), wanted(destination)));
    }
  }
  for (const shard of destinations) {
    if (!isRedundant(shardOf.get(shard.primary.id) ?? shard)) {
      pass.alarms.push({
        code: "not-redundant",
        subject: shard.primary.id,
        message: `Shard ${shard.primary.id} gets no slots before it has a synced replica in another zone.`,
      });
    }
  }
  return sources.length > 0;
}

function mayReceive(pass: Pass, source: Shard, shard: Shard, busy: ReadonlySet<string>): boolean {
  const history = pairHistory(pass, source.primary.id, shard.primary.id);
  return !busy.has(shard.primary.id) && isRedundant(shard) && (history?.retryInMs ?? 0) <= 0;
}

function order(pass: Pass, source: Shard, destination: Shard, slots: number): void {
  const bytesPerSlot = source.primary.usedBytes / Math.max(1, source.slots);
  const bounded = Math.max(1, Math.floor(pass.bounds.moveBytes / Math.max(1, bytesPerSlot)));
  const moved = takeSlots(source.primary.slots, Math.min(slots, bounded));
  const failures = pairHistory(pass, source.primary.id, destination.primary.id)?.failures ?? 0;
  pass.actions.push({
    kind: "move-slots",
    from: source.primary.id,
    to: destination.primary.id,
    slots: moved,
    byKeys: failures >= byKeysAfterFailures,
    reason: `${countSlots(moved)} of ${slots} slots too many here and missing there`,
  });
}

function pairHistory(pass: Pass, from: string, to: string) {
  return pass.observed.moves.find((move) => move.state === "failed" && move.from === from && move.to === to);
}

function reportFailures(pass: Pass): void {
  for (const move of pass.observed.moves) {
    if (move.state === "failed" && move.failures >= alarmAfterFailures) {
      pass.alarms.push({
        code: "move-failing",
        subject: `${move.from} ${move.to}`,
        message: `Slots could not be moved ${move.failures} times in a row; the next try is in ${move.retryInMs} ms.`,
      });
    }
  }
}
