import { InstanceState } from "../model.ts";
import type { ObservedCluster, ObservedMove, ObservedNode, OpenSlot } from "../model.ts";
import { countSlots, formatRanges, slotCount } from "../slots.ts";
import type { Connections } from "./connections.ts";
import type { Fleet, Machine } from "./fleet.ts";
import { ask } from "./look.ts";
import type { Look, Silence } from "./look.ts";
import { forgetOthers, lasts } from "./memory.ts";
import type { Memory } from "./memory.ts";
import type { KnownLines, NodeLine } from "./parse.ts";

/** An observation, and how to reach its nodes. */
export interface Observation {
  readonly cluster: ObservedCluster;
  /** By node id, only nodes that answered. */
  readonly looks: ReadonlyMap<string, Look>;
}

/**
 * Asks EC2 and every node at once, and puts their answers together. A node's own word counts for itself; for nodes that
 * do not answer, the word of the members counts.
 *
 * @param now milliseconds of a monotonic clock
 */
export async function observe(
  fleet: Fleet,
  connections: Connections,
  memory: Memory,
  now: number,
  timeoutMs = 1_000,
): Promise<Observation> {
  const [machines, capacity] = await Promise.all([fleet.machines(), fleet.capacity()]);
  const lines: KnownLines = new Map();
  const answers = await Promise.all(machines.map((machine) => ask(connections, machine, timeoutMs, lines)));
  const looks = new Map(answers.filter((answer) => typeof answer !== "string").map((look) => [look.self.id, look]));
  const reference = referenceView(looks);
  const known = new Map((reference?.lines ?? []).filter(isReal).map((line) => [line.id, line]));
  const nodes = [...looks.values()].map((look) => liveNode(look, known, looks, memory, now));
  const failing = calledFailing(looks);
  const named = new Set(nodes.map((node) => node.id));
  for (const [index, machine] of machines.entries()) {
    const answer = answers[index] ?? "silent";
    if (typeof answer === "string") {
      const line = [...known.values()].find(
        (candidate) => candidate.address === machine.address && !named.has(candidate.id),
      );
      nodes.push(deadNode(line, machine, answer, failing, memory, now));
      named.add(line?.id ?? "");
    }
  }
  for (const line of known.values()) {
    if (!named.has(line.id)) {
      nodes.push(deadNode(line, undefined, "silent", failing, memory, now));
    }
  }
  forgetOthers(memory, nodes);
  const owned = countSlots(nodes.filter((node) => node.member).flatMap((node) => [...node.slots]));
  memory.formed ||= owned === slotCount;
  return {
    looks,
    cluster: {
      nodes,
      settled: isSettled(looks, known),
      openSlots: openSlots(looks),
      moves: moves(looks, memory, now),
      capacity,
      backupRunning: false,
      formed: memory.formed,
    },
  };
}

/**
 * The view of the node with the most mutual acquaintances among those that answer; of several, the one with the newest
 * epoch. A node that comes back after it was forgotten knows everybody, but nobody knows it.
 */
function referenceView(looks: ReadonlyMap<string, Look>): Look | undefined {
  // Everybody's acquaintances once: a cluster of a thousand nodes has a million of them.
  const acquaintances = new Map([...looks].map(([id, look]) => [id, new Set(look.lines.map((line) => line.id))]));
  const ranked = [...looks.values()].map((look) => ({
    look,
    known: look.lines.filter((line) => acquaintances.get(line.id)?.has(look.self.id) === true).length,
    epoch: look.lines.reduce((newest, line) => Math.max(newest, line.configEpoch), 0),
  }));
  ranked.sort((a, b) => b.known - a.known || b.epoch - a.epoch || (a.look.self.id < b.look.self.id ? -1 : 1));
  const best = ranked[0]?.look;
  return best !== undefined && (best.lines.length > 1 || best.self.slots.length > 0) ? best : undefined;
}

function isReal(line: NodeLine): boolean {
  return !line.flags.has("handshake");
}

function liveNode(
  look: Look,
  known: ReadonlyMap<string, NodeLine>,
  looks: ReadonlyMap<string, Look>,
  memory: Memory,
  now: number,
): ObservedNode {
  const { self, machine, info } = look;
  const replica = self.flags.has("slave");
  const primary = looks.get(self.primaryId ?? "");
  const offset = Number(info.get(replica ? "slave_repl_offset" : "master_repl_offset") ?? 0);
  const linked = info.get("master_link_status") === "up";
  const syncing = info.get("master_sync_in_progress") === "1";
  // When the primary is dead its replicas' links are down: then those count that had a copy.
  const synced = !replica || linked || (primary === undefined && !syncing && offset > 0);
  memory.silentSince.delete(machine.instanceId);
  const others = look.lines.filter((line) => line.id !== self.id && isReal(line)).length;
  const member = known.has(self.id) && (others > 0 || known.size === 1);
  return {
    id: self.id,
    address: machine.address,
    zone: machine.zone,
    instanceId: machine.instanceId,
    instance: machine.state,
    reachable: true,
    downForMs: 0,
    confirmedDown: false,
    member,
    blank: !member && others === 0 && self.slots.length === 0 && look.keys === 0,
    role: replica ? "replica" : "primary",
    ...(self.primaryId === undefined ? {} : { primaryId: self.primaryId }),
    slots: member ? ownSlots(look, looks) : self.slots,
    offset,
    synced,
    unsyncedForMs: lasts(memory.unsyncedSince, self.id, !synced, now),
    idleForMs: lasts(memory.idleSince, self.id, member && !replica && self.slots.length === 0, now),
    usedBytes: Number(info.get("used_memory_dataset") ?? 0),
  };
}

/** A node's claim, unless another live node claims the same slots with a newer epoch. */
function ownSlots(look: Look, looks: ReadonlyMap<string, Look>): NodeLine["slots"] {
  const mine = formatRanges(look.self.slots);
  const newer = [...looks.values()].some(
    (other) =>
      other !== look &&
      mine !== "" &&
      other.self.configEpoch > look.self.configEpoch &&
      other.self.slots.some(([first, last]) => look.self.slots.some(([a, b]) => first <= b && last >= a)),
  );
  return newer ? [] : look.self.slots;
}

/** Ids that a node which answers calls failing, by itself (`fail?`) or with the majority (`fail`). */
function calledFailing(looks: ReadonlyMap<string, Look>): ReadonlySet<string> {
  const failing = [...looks.values()].flatMap((look) =>
    look.lines.filter(({ flags }) => flags.has("fail") || flags.has("fail?")),
  );
  return new Set(failing.map(({ id }) => id));
}

function deadNode(
  line: NodeLine | undefined,
  machine: Machine | undefined,
  why: Silence,
  failing: ReadonlySet<string>,
  memory: Memory,
  now: number,
): ObservedNode {
  const instanceId = machine?.instanceId ?? `gone:${line?.id ?? ""}`;
  return {
    id: line?.id ?? `instance:${instanceId}`,
    address: machine?.address ?? line?.address ?? "",
    zone: machine?.zone ?? "",
    instanceId,
    instance: machine?.state ?? InstanceState.Gone,
    reachable: false,
    downForMs: lasts(memory.silentSince, instanceId, true, now),
    confirmedDown: why === "loading" || failing.has(line?.id ?? ""),
    member: line !== undefined,
    blank: false,
    role: line?.flags.has("slave") === true ? "replica" : "primary",
    ...(line?.primaryId === undefined ? {} : { primaryId: line.primaryId }),
    slots: line?.slots ?? [],
    offset: 0,
    synced: false,
    unsyncedForMs: 0,
    idleForMs: 0,
    usedBytes: 0,
  };
}

/** Whether all members that answer name the same members, primaries and owners. */
function isSettled(looks: ReadonlyMap<string, Look>, known: ReadonlyMap<string, NodeLine>): boolean {
  const views = [...looks.values()].filter((look) => known.has(look.self.id) && look.lines.length > 1);
  const signatures = new Set(
    views.map((look) =>
      look.lines
        .map((line) => `${line.id} ${line.primaryId ?? "-"} ${line.flags.has("handshake")} ${formatRanges(line.slots)}`)
        .sort()
        .join("\n"),
    ),
  );
  return signatures.size <= 1;
}

function openSlots(all: ReadonlyMap<string, Look>): OpenSlot[] {
  const open = new Map<number, OpenSlot>();
  // Since Valkey 8 replicas carry the marks of their primary: only a primary's own count.
  const looks = new Map([...all].filter(([, look]) => look.self.flags.has("master")));
  for (const { self, exports } of looks.values()) {
    if (exports.length === 0) {
      for (const { slot, to } of self.migrating) {
        open.set(slot, { slot, from: self.id, to });
      }
    }
  }
  for (const { self } of looks.values()) {
    for (const { slot } of self.importing) {
      const owner = [...looks.values()].find((look) => look.self.slots.some(([a, b]) => slot >= a && slot <= b));
      if (owner !== undefined && !open.has(slot)) {
        open.set(slot, { slot, from: owner.self.id, to: self.id });
      }
    }
  }
  return [...open.values()].sort((a, b) => a.slot - b.slot);
}

function moves(looks: ReadonlyMap<string, Look>, memory: Memory, now: number): ObservedMove[] {
  const running = [...looks.values()].flatMap((look) =>
    look.exports.map((to): ObservedMove => ({ from: look.self.id, to, state: "running", failures: 0, retryInMs: 0 })),
  );
  const failed = [...memory.failures].map(([pair, { failures, retryAt }]): ObservedMove => {
    const [from = "", to = ""] = pair.split(" ");
    return { from, to, state: "failed", failures, retryInMs: Math.max(0, retryAt - now) };
  });
  return [...running, ...failed];
}
