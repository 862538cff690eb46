import { setTimeout as sleep } from "node:timers/promises";
import { isReply } from "../../src/cluster/connections.ts";
import type { Connections } from "../../src/cluster/connections.ts";
import { keyOfSlot } from "../../src/execute/latency-probe.ts";
import { defaultBounds } from "../../src/model.ts";
import type { ObservedNode } from "../../src/model.ts";
import { countSlots } from "../../src/slots.ts";
import { ClusterUnderTest } from "./cluster-under-test.ts";

/** What one loss of nodes cost. */
export interface Loss {
  /** From the kill until every slot took a write again; 70 when it had not by then. */
  readonly seconds: number;
  /** Slots that had no owner meanwhile. */
  readonly slots: number;
}

const patienceSeconds = 70;
const attemptEveryMs = 20;
const tendEveryMs = 250;

/** A cluster of Valkey 9.1 whose nodes call each other dead after `nodeTimeoutMs`. */
export async function startCluster(shards: number, nodeTimeoutMs: number): Promise<ClusterUnderTest> {
  const cluster = await ClusterUnderTest.start("valkey-9.1", shards, ["--cluster-node-timeout", String(nodeTimeoutMs)]);
  cluster.newController(shards, undefined, { ...defaultBounds, nodeTimeoutMs });
  await cluster.untilRest();
  return cluster;
}

/** Owners of slots and replicas as they are now. */
export async function nodesOf(cluster: ClusterUnderTest): Promise<readonly ObservedNode[]> {
  return (await cluster.controller.plan()).observation.cluster.nodes;
}

/**
 * Kills nodes with SIGKILL and waits until each slot that one of them owned takes a write elsewhere: asked at the survivors
 * themselves, not at the controller.
 *
 * @param nodes as seen right before
 * @param tended whether the controller helps; if not, the cluster has to help itself
 * @throws Error when nothing is lost that way: when no victim owns a slot, or another node owned its slots already
 */
export async function lose(
  cluster: ClusterUnderTest,
  nodes: readonly ObservedNode[],
  victims: readonly ObservedNode[],
  tended: boolean,
): Promise<Loss> {
  const shards = victims.filter((node) => node.role === "primary" && node.slots.length > 0);
  if (shards.length === 0) {
    throw new Error(
      `none of ${victims.map((node) => node.address).join(", ")} owns a slot: there is nothing to measure`,
    );
  }
  const survivors = (shard: ObservedNode): string[] =>
    nodes.filter((node) => node.primaryId === shard.id && !victims.includes(node)).map((node) => node.address);
  for (const shard of shards) {
    await refuseOtherOwner(cluster.connections, shard, survivors(shard));
  }
  const started = performance.now();
  await Promise.all(victims.map((node) => cluster.fleet.kill(node.instanceId)));
  let watching = true;
  const tending = (async () => {
    while (tended && watching) {
      await cluster.controller.tick();
      await sleep(tendEveryMs);
    }
  })();
  await Promise.all(shards.map((shard) => untilWritten(cluster.connections, shard, survivors(shard), started)));
  const seconds = Math.round((performance.now() - started) / 10) / 100;
  watching = false;
  await tending;
  return { seconds, slots: countSlots(shards.flatMap((shard) => [...shard.slots])) };
}

/** Brings the machines back, and waits until the cluster is whole again, its primaries spread over the zones. */
export async function bringBack(cluster: ClusterUnderTest, victims: readonly ObservedNode[]): Promise<void> {
  await Promise.all(victims.map((node) => cluster.fleet.restart(node.instanceId)));
  await cluster.untilRest();
}

async function refuseOtherOwner(connections: Connections, shard: ObservedNode, survivors: readonly string[]) {
  for (const address of survivors) {
    if (await takesWrite(connections, shard, address)) {
      throw new Error(`${address} takes writes for ${shard.address} already: losing that node measures nothing`);
    }
  }
}

async function untilWritten(
  connections: Connections,
  shard: ObservedNode,
  survivors: readonly string[],
  started: number,
): Promise<void> {
  while (performance.now() - started < patienceSeconds * 1_000) {
    const taken = await Promise.all(survivors.map((address) => takesWrite(connections, shard, address)));
    if (taken.includes(true)) {
      return;
    }
    await sleep(attemptEveryMs);
  }
}

async function takesWrite(connections: Connections, shard: ObservedNode, address: string): Promise<boolean> {
  try {
    await connections.send(address, "SET", keyOfSlot(shard.slots[0]?.[0] ?? 0), "1");
    return true;
  } catch (error) {
    if (!isReply(error)) {
      connections.drop(address);
    }
    return false;
  }
}
