import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { ObservedNode } from "../src/model.ts";
import type { PassReport } from "../src/run/controller.ts";
import { ClusterUnderTest, coveredSlots, testBounds } from "./support/cluster-under-test.ts";
import { LiveClient } from "./support/live-client.ts";

// A scenario takes seconds on a quiet machine; a busy one must not fail it.
vi.setConfig({ testTimeout: 240_000 });

let cluster: ClusterUnderTest;
let client: LiveClient | undefined;
let last: PassReport;

beforeAll(async () => {
  cluster = await ClusterUnderTest.start("valkey-9.1", 3, ["--min-replicas-to-write", "1"], true);
  await cluster.untilRest((report) => (last = report));
});

afterEach(() => {
  vi.restoreAllMocks();
  client?.stop();
  client = undefined;
});

afterAll(async () => {
  await cluster.close();
});

function aReplica(): ObservedNode {
  const replica = last.observation.cluster.nodes.find((node) => node.role === "replica");
  if (replica === undefined) {
    throw new Error("no replica");
  }
  return replica;
}

async function untilAlarm(code: string, subject: string): Promise<PassReport> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const report = await cluster.controller.tick();
    expect(coveredSlots(report)).toBe(16_384);
    if (report.plan.alarms.some((alarm) => alarm.code === code && alarm.subject === subject)) {
      return report;
    }
    expect(performance.now()).toBeLessThan(deadline);
    await sleep(100);
  }
}

test("with WAIT no acknowledged write is lost when its primary is killed", async () => {
  client = new LiveClient(cluster.addresses(), 4, true);
  await sleep(1_000);
  const primary = last.observation.cluster.nodes.find((node) => node.role === "primary");
  await cluster.fleet.kill(primary?.instanceId ?? "");
  await cluster.untilCovered();
  await cluster.fleet.restart(primary?.instanceId ?? "");
  await cluster.untilRest((report) => (last = report));
  const report = await client.finish();
  expect(report.acknowledged).toBeGreaterThan(100);
  expect(report.lost).toEqual([]);
});

test("a replica that never syncs is named, keeps nobody from serving, and is not made a primary", async () => {
  const replica = aReplica();
  cluster.newController(3, undefined, { ...testBounds, syncAlarmAfterMs: 500 });
  await cluster.connections.send(replica.address, "CONFIG", "SET", "masterauth", "wrong");
  await cluster.connections.send(replica.address, "CLIENT", "KILL", "TYPE", "primary");
  const { plan } = await untilAlarm("replica-not-syncing", replica.id);
  expect(plan.alarms.find((alarm) => alarm.code === "replica-not-syncing")?.message).toContain(replica.address);
  // The machine of a copy that is needed meanwhile stays until there are two others.
  const sibling = last.observation.cluster.nodes.find(
    (node) => node.primaryId === replica.primaryId && node.id !== replica.id,
  );
  await cluster.fleet.terminate(sibling?.instanceId ?? "", false);
  cluster.fleet.capacities.set(sibling?.zone ?? "", 2);
  await untilAlarm("termination-blocked", sibling?.instanceId ?? "");
  expect(cluster.fleet.heartbeats).toContain(sibling?.instanceId);
  await cluster.connections.send(replica.address, "CONFIG", "SET", "masterauth", "");
  await cluster.fleet.refill();
  cluster.newController(3);
  await cluster.untilRest((report) => (last = report));
  expect(last.observation.looks.size).toBe(9);
});

test("a full disk on a replica is named and costs no write", async () => {
  const replica = aReplica();
  client = new LiveClient(cluster.addresses());
  cluster.fleet.fillDisk(replica.instanceId, 1);
  await untilAlarm("node-down", replica.id);
  expect((await client.finish()).lost).toEqual([]);
  await cluster.fleet.restart(replica.instanceId);
  await cluster.untilRest((report) => (last = report));
});

test("a termination hook that times out before the hand-over costs a failover, not the data", async () => {
  client = new LiveClient(cluster.addresses());
  await sleep(500);
  const primary = last.observation.cluster.nodes.find((node) => node.role === "primary");
  await cluster.fleet.terminate(primary?.instanceId ?? "", true);
  await cluster.fleet.lose(primary?.instanceId ?? "");
  await cluster.untilRest((report) => (last = report));
  expect(last.observation.looks.size).toBe(9);
  expect((await client.finish()).lost.length).toBeLessThan(20);
});

test("an AWS call that is throttled fails alone and with its name; the cluster is tended meanwhile, and the call is made again", async () => {
  client = new LiveClient(cluster.addresses());
  const replica = aReplica();
  const completeLaunch = cluster.fleet.completeLaunch.bind(cluster.fleet);
  let refused = 0;
  vi.spyOn(cluster.fleet, "completeLaunch").mockImplementation((instanceId) => {
    refused += 1;
    return refused <= 3
      ? Promise.reject(new Error(`ThrottlingException: Rate exceeded (CompleteLifecycleAction of ${instanceId})`))
      : completeLaunch(instanceId);
  });
  const before = cluster.failures.length;
  await cluster.fleet.lose(replica.instanceId);
  await cluster.untilRest((report) => {
    expect(coveredSlots(report)).toBe(16_384);
    last = report;
  });
  const named = /^complete-launch: ThrottlingException: Rate exceeded \(CompleteLifecycleAction of i-\d+\)$/;
  expect(cluster.failures.slice(before).filter((failure) => named.test(failure)).length).toBe(3);
  expect(last.observation.looks.size).toBe(9);
  expect((await client.finish()).lost).toEqual([]);
});

test("a wall clock that jumps by a year, to and fro, makes nobody act", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    const today = Date.now();
    for (const jump of [365, -365, 0]) {
      vi.setSystemTime(today + jump * 86_400_000);
      const report = await cluster.controller.tick();
      expect(report.plan).toEqual({ actions: [], alarms: [] });
    }
  } finally {
    vi.useRealTimers();
  }
});

test("a stranger with old data is wiped before it may join", async () => {
  const replica = aReplica();
  const victim = cluster.fleet.machine(replica.instanceId);
  await cluster.fleet.kill(replica.instanceId);
  victim.state = "gone";
  await cluster.untilRest((report) => (last = report));
  victim.state = "running";
  const zone = victim.zone;
  cluster.fleet.capacities.set(zone, 4);
  await cluster.fleet.restart(replica.instanceId);
  const kinds: string[] = [];
  await cluster.untilRest((report) => {
    expect(coveredSlots(report)).toBe(16_384);
    kinds.push(...report.outcomes.map(({ action }) => action.kind));
    last = report;
  });
  expect(kinds).toContain("wipe");
  expect(kinds).toContain("terminate");
  expect(last.observation.looks.size).toBe(9);
});

test("all copies of a shard lost is reported with its slots, and nothing is done to the rest", async () => {
  const primary = last.observation.cluster.nodes.find((node) => node.role === "primary");
  const members = last.observation.cluster.nodes.filter(
    (node) => node.id === primary?.id || node.primaryId === primary?.id,
  );
  await Promise.all(members.map((node) => cluster.fleet.kill(node.instanceId)));
  const report = await cluster.controller.tick();
  const alarm = report.plan.alarms.find(({ code }) => code === "slots-lost");
  expect(alarm?.subject).toBe(primary?.slots.map(([first, end]) => `${first}-${end}`).join(" "));
  expect(report.plan.actions).toEqual([]);
});
