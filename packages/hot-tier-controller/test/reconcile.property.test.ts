import fc from "fast-check";
import { expect, test } from "vitest";
import { defaultBounds, InstanceState } from "../src/model.ts";
import type { Action, Desired, ObservedNode } from "../src/model.ts";
import { reconcile } from "../src/reconcile/reconcile.ts";
import { isSurelyDown } from "../src/reconcile/view.ts";
import { countSlots } from "../src/slots.ts";
import { SimulatedCluster } from "./support/simulated-cluster.ts";

const zones = ["z1", "z2", "z3"];
const shardCounts = [3, 5, 6, 7];
const passesToRest = 150;
/** Passes in a row with nothing to do: a machine that nobody ordered is waited for before it is called surplus. */
const quietPasses = 3;
const bounds = { ...defaultBounds, moveBytes: 800_000 };

/** What happens to a cluster, as numbers, so that fast-check can shrink a failing history. */
const events = fc.array(fc.record({ kind: fc.nat(7), victim: fc.nat(1000), prefix: fc.nat(12), passes: fc.nat(3) }), {
  maxLength: 6,
});
const history = fc.record({ start: fc.constantFrom(...shardCounts), end: fc.constantFrom(...shardCounts), events });

const counted = { states: 0, actions: 0 };

// 6,000 histories give about 125,000 states; the expectations at the end make sure of 100,000.
test("every history converges and no action, nor any prefix of a plan, hurts", { timeout: 300_000 }, () => {
  fc.assert(
    fc.property(history, ({ start, end, events }) => {
      let desired: Desired = { shards: start, zones };
      const cluster = new SimulatedCluster(desired);
      converge(cluster, desired);
      desired = { shards: end, zones };
      for (const event of events) {
        happen(cluster, event);
        for (let pass = 0; pass < event.passes; pass++) {
          step(cluster, desired, event.prefix);
          cluster.settle(event.victim % 3);
        }
      }
      for (const node of cluster.nodes) {
        const stays = node.instance !== InstanceState.Gone && node.instance !== InstanceState.Terminating;
        if (!node.reachable && (stays || !node.confirmedDown)) {
          cluster.restart(node);
        }
      }
      converge(cluster, desired);
      expectRest(cluster, desired);
    }),
    { numRuns: Number(process.env.MRGC_PROPERTY_RUNS ?? 6_000) },
  );
  expect(counted.states).toBeGreaterThan(100_000);
  expect(counted.actions).toBeGreaterThan(100_000);
});

test("the order of the input makes no difference", () => {
  fc.assert(
    fc.property(history, fc.nat(20), fc.integer(), ({ start, end, events }, passes, seed) => {
      const cluster = new SimulatedCluster({ shards: start, zones });
      converge(cluster, { shards: start, zones });
      events.forEach((event) => happen(cluster, event));
      for (let pass = 0; pass < passes; pass++) {
        step(cluster, { shards: end, zones }, Infinity);
        cluster.settle();
      }
      const observed = cluster.observe();
      const shuffled = [...observed.nodes].sort((a, b) => hash(a.id, seed) - hash(b.id, seed));
      expect(reconcile({ ...observed, nodes: shuffled }, { shards: end, zones }, bounds)).toEqual(
        reconcile(observed, { shards: end, zones }, bounds),
      );
    }),
    { numRuns: 300 },
  );
});

test("moves are the fewest: scale-out gives each new shard its share, scale-in only what the leaving shards held", () => {
  for (const [start, end] of [
    [3, 5],
    [5, 3],
    [3, 7],
    [7, 6],
  ] as const) {
    const cluster = new SimulatedCluster({ shards: start, zones });
    converge(cluster, { shards: start, zones });
    const moved = converge(cluster, { shards: end, zones });
    const share = 16_384 / Math.max(start, end);
    const fewest = Math.abs(end - start) * share;
    expect(Math.abs(moved - fewest)).toBeLessThan(Math.max(start, end));
  }
});

function happen(cluster: SimulatedCluster, event: { kind: number; victim: number }): void {
  const live = cluster.nodes.filter((node) => node.reachable && node.member);
  const victim = live[event.victim % Math.max(1, live.length)];
  if (victim === undefined) {
    return;
  }
  if (event.kind === 0 || event.kind === 1) {
    losing(cluster, [victim], event.kind === 1);
  } else if (event.kind === 2) {
    losing(
      cluster,
      live.filter((node) => node.zone === victim.zone),
      event.victim % 2 === 0,
    );
  } else if (event.kind === 3) {
    victim.instance = InstanceState.Terminating;
  } else if (event.kind === 4) {
    const dead = cluster.nodes.find((node) => !node.reachable && node.instance === InstanceState.Running);
    if (dead !== undefined) {
      cluster.restart(dead);
    }
  } else if (event.kind === 5) {
    Object.assign(cluster.launch(victim.zone), { blank: false });
  } else if (event.kind === 7) {
    cluster.mute(victim);
  } else if (victim.slots.length > 0 && cluster.openSlots.length === 0) {
    const to = live.find((node) => node.role === "primary" && node.id !== victim.id);
    const slot = victim.slots[0]?.[0] ?? 0;
    cluster.openSlots.push({ slot, from: victim.id, ...(to === undefined ? {} : { to: to.id }) });
  }
}

/** Nodes die only as long as each slot keeps a live synced copy: without any, there is nothing to converge to. */
function losing(
  cluster: SimulatedCluster,
  victims: ReturnType<SimulatedCluster["node"]>[],
  machinesToo: boolean,
): void {
  for (const victim of victims) {
    const primaryId = victim.role === "primary" ? victim.id : victim.primaryId;
    const others = copies(cluster, primaryId ?? "").filter((node) => node !== victim);
    const opens = cluster.openSlots.some((open) => open.to === victim.id || open.from === victim.id);
    if (others.length > 0 && !opens) {
      cluster.kill(victim, machinesToo);
    }
  }
}

function converge(cluster: SimulatedCluster, desired: Desired): number {
  let moved = 0;
  let quiet = 0;
  for (let pass = 0; pass < passesToRest; pass++) {
    const actions = step(cluster, desired, Infinity);
    moved += actions.reduce((sum, action) => sum + (action.kind === "move-slots" ? countSlots(action.slots) : 0), 0);
    const machines = cluster.nodes.length;
    cluster.settle();
    quiet = actions.length === 0 && cluster.nodes.length === machines ? quiet + 1 : 0;
    if (quiet === quietPasses) {
      return moved;
    }
  }
  const plan = reconcile(cluster.observe(), desired, bounds);
  throw new Error(`no rest after ${passesToRest} passes: ${JSON.stringify(plan, null, 1)}`);
}

/** One pass, of which the controller finishes only the first `prefix` actions. Checks the invariants around each. */
function step(cluster: SimulatedCluster, desired: Desired, prefix: number): readonly Action[] {
  const { actions } = reconcile(cluster.observe(), desired, bounds);
  counted.states += 1;
  for (const action of actions.slice(0, prefix)) {
    counted.actions += 1;
    const before = snapshot(cluster);
    expectAddressable(cluster, action);
    cluster.apply(action);
    const after = snapshot(cluster);
    check(after.covered >= before.covered, "an action uncovered slots", action);
    check(after.owned === new Set(after.starts).size, "a slot has two owners", action);
    check(after.duplicates <= before.duplicates, "an action made two members of a shard in one zone", action);
    for (const [owner, count] of before.copies) {
      const now = after.copies.get(owner);
      // A failover renames the shard after its new primary; the old name then has no slots.
      check(now === undefined || now >= Math.min(2, count), "an action took copies below two", action);
    }
  }
  return actions.slice(0, prefix);
}

function snapshot(cluster: SimulatedCluster) {
  const owners = cluster.nodes.filter((node) => node.member && node.role === "primary" && node.slots.length > 0);
  const up = owners.filter((node) => node.reachable && node.instance !== InstanceState.Gone);
  return {
    covered: up.reduce((sum, node) => sum + countSlots(node.slots), 0),
    owned: owners.reduce((sum, node) => sum + node.slots.length, 0),
    starts: owners.flatMap((node) => node.slots.map(([first]) => first)),
    copies: new Map(owners.map((node) => [node.id, copies(cluster, node.id).length])),
    duplicates: duplicates(cluster.nodes),
  };
}

function copies(cluster: SimulatedCluster, primaryId: string): ObservedNode[] {
  return cluster.nodes.filter(
    (node) =>
      (node.id === primaryId || node.primaryId === primaryId) &&
      node.reachable &&
      node.synced &&
      node.instance !== InstanceState.Gone,
  );
}

function duplicates(nodes: readonly ObservedNode[]): number {
  const places = nodes
    .filter(
      (node) =>
        node.member &&
        node.reachable &&
        (node.instance === InstanceState.Running || node.instance === InstanceState.Launching) &&
        (node.role === "replica" || nodes.some((other) => other.primaryId === node.id)),
    )
    .map((node) => `${node.role === "primary" ? node.id : node.primaryId}@${node.zone}`);
  return places.length - new Set(places).size;
}

function expectAddressable(cluster: SimulatedCluster, action: Action): void {
  if ("node" in action && action.kind !== "forget") {
    check(cluster.node(action.node).instance !== InstanceState.Gone, "an action on a node that EC2 calls gone", action);
  }
  if (action.kind === "failover" && action.mode !== "graceful") {
    const { primaryId = "" } = cluster.node(action.node);
    check(isSurelyDown(cluster.node(primaryId)), "a primary was failed over that only the controller misses", action);
  }
  if (action.kind === "terminate") {
    const node = cluster.nodes.find(({ instanceId }) => instanceId === action.instanceId);
    check(node?.member !== true || node.reachable || node.confirmedDown, "a machine was ended that may serve", action);
  }
  if (action.kind === "close-slot") {
    const { to } = cluster.openSlots.find(({ slot }) => slot === action.slot) ?? {};
    const destination = cluster.nodes.find(({ id }) => id === to);
    const holdsKeys = destination?.member === true && destination.instance !== InstanceState.Gone;
    check(!holdsKeys || destination.role === "replica", "a slot was closed whose keys may be on their way", action);
  }
  if (action.kind === "forget") {
    check(cluster.node(action.node).instance === InstanceState.Gone, "a node was forgotten that is not gone", action);
  }
}

function expectRest(cluster: SimulatedCluster, desired: Desired): void {
  const { nodes } = cluster;
  const primaries = nodes.filter((node) => node.role === "primary");
  expect(countSlots(primaries.flatMap((node) => [...node.slots]))).toBe(16_384);
  expect(nodes.length).toBe(desired.shards * zones.length);
  expect(nodes.every((node) => node.instance === InstanceState.Running && node.member && node.synced)).toBe(true);
  for (const primary of primaries) {
    const members = nodes.filter((node) => node.id === primary.id || node.primaryId === primary.id);
    expect(members.map((node) => node.zone).sort()).toEqual(zones);
    expect(Math.abs(countSlots(primary.slots) - 16_384 / desired.shards)).toBeLessThan(1);
  }
  const perZone = zones.map((zone) => primaries.filter((node) => node.zone === zone).length);
  expect(Math.max(...perZone) - Math.min(...perZone)).toBeLessThanOrEqual(1);
  // The shards left after losing the fullest zone are a majority of the voters.
  expect((desired.shards - Math.max(...perZone)) * 2).toBeGreaterThan(desired.shards);
  expect(reconcile(cluster.observe(), desired, bounds)).toEqual({ actions: [], alarms: [] });
}

function check(holds: boolean, what: string, action: Action): void {
  if (!holds) {
    throw new Error(`${what}: ${JSON.stringify(action)}`);
  }
}

function hash(text: string, seed: number): number {
  let value = seed | 0;
  for (const character of text) {
    value = (Math.imul(value, 31) + character.charCodeAt(0)) | 0;
  }
  return value;
}
