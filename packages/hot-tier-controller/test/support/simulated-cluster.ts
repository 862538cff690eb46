import { InstanceState } from "../../src/model.ts";
import type { Action, Desired, ObservedCluster, ObservedNode, OpenSlot } from "../../src/model.ts";
import { countSlots, normalizeRanges, subtractRanges } from "../../src/slots.ts";

/** Time that passes while a cluster settles. */
const settleMs = 1_000_000;

type Node = { -readonly [Key in keyof ObservedNode]: ObservedNode[Key] };

/**
 * A cluster in memory for property tests: what servers, EC2 and Auto Scaling do with the controller's actions, without
 * time. It knows the rules that the servers enforce and throws when an action breaks one.
 */
export class SimulatedCluster {
  nodes: Node[] = [];
  openSlots: OpenSlot[] = [];
  capacity: Record<string, number> = {};
  formed = false;
  readonly #desired: Desired;
  #serial = 0;

  constructor(desired: Desired) {
    this.#desired = desired;
    for (const zone of desired.zones) {
      this.capacity[zone] = 0;
    }
  }

  observe(): ObservedCluster {
    return {
      nodes: this.nodes,
      settled: true,
      openSlots: this.openSlots,
      moves: [],
      capacity: this.capacity,
      backupRunning: false,
      formed: this.formed,
    };
  }

  node(id: string): Node {
    const found = this.nodes.find((node) => node.id === id);
    if (found === undefined) {
      throw new Error(`no node ${id}`);
    }
    return found;
  }

  launch(zone: string): Node {
    this.#serial += 1;
    const serial = this.#serial;
    const node: Node = {
      id: `n${String((serial * 7919) % 10_007).padStart(5, "0")}`,
      address: `10.0.0.${serial}:6379`,
      zone,
      instanceId: `i-${serial}`,
      instance: InstanceState.Launching,
      reachable: true,
      downForMs: 0,
      confirmedDown: false,
      idleForMs: 0,
      member: false,
      blank: true,
      role: "primary",
      slots: [],
      offset: 0,
      synced: true,
      unsyncedForMs: 0,
      usedBytes: 0,
    };
    this.nodes.push(node);
    return node;
  }

  /** Groups launch, replicas sync, dead machines leave the list once forgotten. */
  settle(launchMost = Infinity): void {
    let launches = 0;
    for (const zone of this.#desired.zones) {
      const machines = this.nodes.filter((node) => node.zone === zone && isCounted(node)).length;
      for (let missing = (this.capacity[zone] ?? 0) - machines; missing > 0 && launches < launchMost; missing--) {
        launches += 1;
        this.launch(zone);
      }
    }
    for (const node of this.nodes) {
      const isIdle = node.member && node.role === "primary" && node.slots.length === 0 && isUp(node);
      node.idleForMs = isIdle ? node.idleForMs + settleMs : 0;
      const primary = this.nodes.find((candidate) => candidate.id === node.primaryId);
      if (node.role === "replica" && isUp(node) && primary !== undefined && isUp(primary)) {
        node.synced = true;
        node.offset = primary.offset;
      }
    }
    this.nodes = this.nodes.filter((node) => node.member || node.instance !== InstanceState.Gone);
    if (countSlots(this.nodes.flatMap((node) => [...node.slots])) === 16_384) {
      this.formed = true;
    }
  }

  kill(node: Node, machineToo: boolean): void {
    node.reachable = false;
    node.confirmedDown = true;
    node.downForMs = 700_000;
    if (machineToo) {
      node.instance = InstanceState.Gone;
    }
  }

  /** Only the controller does not reach it: it serves, and no member misses it. */
  mute(node: Node): void {
    node.reachable = false;
    node.downForMs = 700_000;
  }

  /** A dead server starts again with what is on its disk; its place may be taken meanwhile. Or a mute one is heard again. */
  restart(node: Node): void {
    node.reachable = true;
    node.confirmedDown = false;
    node.downForMs = 0;
  }

  apply(action: Action): void {
    if (action.kind === "set-capacity") {
      this.capacity[action.zone] = action.capacity;
    } else if ("instanceId" in action) {
      this.#applyToMachine(action);
    } else {
      this.#applyToNode(action);
    }
  }

  #applyToMachine(action: Extract<Action, { instanceId: string }>): void {
    const node = this.nodes.find((candidate) => candidate.instanceId === action.instanceId);
    if (node === undefined || node.instance === InstanceState.Gone) {
      throw new Error(`${action.kind} on a machine that is gone: ${action.instanceId}`);
    }
    if (action.kind === "complete-launch") {
      node.instance = InstanceState.Running;
    } else if (action.kind === "complete-termination") {
      this.kill(node, true);
    } else if (action.kind === "terminate") {
      node.instance = InstanceState.Terminating;
      if (!action.replace) {
        this.capacity[node.zone] = (this.capacity[node.zone] ?? 0) - 1;
      }
    }
  }

  #applyToNode(action: Exclude<Action, { instanceId: string } | { kind: "set-capacity" }>): void {
    switch (action.kind) {
      case "meet":
        this.#need(action.node);
        this.#need(action.via).member = true;
        Object.assign(this.node(action.node), { member: true, blank: false });
        break;
      case "wipe":
        this.#reset(this.#need(action.node), false);
        break;
      case "retire":
        if (this.nodes.some((node) => node.primaryId === action.node && isUp(node))) {
          throw new Error("a replica cannot forget its primary");
        }
        this.#reset(this.#need(action.node), false);
        break;
      case "detach":
        this.#reset(this.#need(action.node), true);
        break;
      case "forget":
        if (this.node(action.node).slots.length > 0) {
          throw new Error("an owner was forgotten");
        }
        this.nodes = this.nodes.filter((node) => node.id !== action.node);
        break;
      case "assign-slots": {
        const node = this.#need(action.node);
        node.slots = normalizeRanges([...node.slots, ...action.slots]);
        node.usedBytes = 1000 * countSlots(node.slots);
        break;
      }
      case "replicate": {
        const node = this.#need(action.node);
        if (node.slots.length > 0 || node.role === "replica" || this.#need(action.primary).role !== "primary") {
          throw new Error("only an empty primary can become a replica, and only of a primary");
        }
        Object.assign(node, { role: "replica", primaryId: action.primary, synced: false });
        break;
      }
      case "failover":
        this.#failover(this.#need(action.node), action.mode);
        break;
      case "move-slots":
        this.#move(action.from, action.to, action.slots);
        break;
      case "finish-slot":
        this.#move(action.from, action.to, [[action.slot, action.slot]]);
        this.openSlots = this.openSlots.filter((open) => open.slot !== action.slot);
        break;
      case "close-slot":
        this.openSlots = this.openSlots.filter((open) => open.slot !== action.slot);
        break;
    }
  }

  #need(id: string): Node {
    const node = this.node(id);
    if (!isUp(node)) {
      throw new Error(`an action on ${id}, which does not answer`);
    }
    return node;
  }

  #reset(node: Node, member: boolean): void {
    if (node.slots.length > 0 && node.member) {
      throw new Error("an owner was reset");
    }
    Object.assign(node, {
      role: "primary",
      primaryId: undefined,
      slots: [],
      synced: true,
      member,
      blank: !member,
      usedBytes: 0,
    });
  }

  #failover(heir: Node, mode: string): void {
    const primary = this.node(heir.primaryId ?? "");
    if (mode !== "takeover" && primary.slots.length === 0) {
      throw new Error("servers refuse a failover of an empty primary");
    }
    if (mode === "graceful" && !isUp(primary)) {
      throw new Error("a graceful failover needs the primary");
    }
    const owners = this.nodes.filter((node) => node.member && node.role === "primary" && node.slots.length > 0);
    const majority = owners.filter(votes).length * 2 > owners.length;
    if ((mode === "takeover" && majority && primary.slots.length > 0) || (mode === "force" && !majority)) {
      throw new Error(`${mode} with${majority ? "" : "out"} a majority`);
    }
    Object.assign(heir, { role: "primary", primaryId: undefined, slots: primary.slots, usedBytes: primary.usedBytes });
    for (const node of this.nodes) {
      if (node === primary || node.primaryId === primary.id) {
        Object.assign(node, { role: "replica", primaryId: heir.id });
      }
    }
    primary.slots = [];
  }

  #move(from: string, to: string, slots: readonly (readonly [number, number])[]): void {
    const source = this.#need(from);
    const destination = this.#need(to);
    const before = countSlots(source.slots);
    source.slots = subtractRanges(source.slots, slots);
    if (before - countSlots(source.slots) !== countSlots(slots)) {
      throw new Error("a node gave slots that it does not own");
    }
    destination.slots = normalizeRanges([...destination.slots, ...slots]);
    source.usedBytes = 1000 * countSlots(source.slots);
    destination.usedBytes = 1000 * countSlots(destination.slots);
  }
}

function isUp(node: Node): boolean {
  return node.reachable && node.instance !== InstanceState.Gone;
}

/** One that only the controller does not reach votes. */
function votes(node: Node): boolean {
  return node.instance !== InstanceState.Gone && (node.reachable || !node.confirmedDown);
}

function isCounted(node: Node): boolean {
  return node.instance === InstanceState.Running || node.instance === InstanceState.Launching;
}
