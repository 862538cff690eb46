import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { InstanceState } from "../src/model.ts";
import { reconcile } from "../src/reconcile/reconcile.ts";
import { isAtRest } from "../src/run/controller.ts";
import type { PassReport } from "../src/run/controller.ts";
import { ClusterUnderTest, coveredSlots, describeShards, testBounds, zones } from "./support/cluster-under-test.ts";
import { LiveClient } from "./support/live-client.ts";
import { MortalConnections } from "./support/mortal-connections.ts";

// A scenario takes seconds on a quiet machine; a busy one must not fail it.
vi.setConfig({ testTimeout: 240_000 });

// One real cluster lives through all scenarios of this file, as a production cluster would.
let cluster: ClusterUnderTest;
let client: LiveClient | undefined;
let last: PassReport;

const shares: Record<number, number[]> = { 3: [5461, 5461, 5462], 5: [3276, 3277, 3277, 3277, 3277] };

beforeAll(async () => {
  cluster = await ClusterUnderTest.start("valkey-9.1", 3);
});

afterEach(() => {
  client?.stop();
  client = undefined;
});

afterAll(async () => {
  await cluster.close();
});

function write(): LiveClient {
  client = new LiveClient(cluster.addresses());
  return client;
}

function remember(report: PassReport): void {
  last = report;
}

function expectWhole(shards: number): void {
  expect(describeShards(last)).toEqual((shares[shards] ?? []).map((slots) => `z1 z2 z3: ${slots}`));
  const perZone = zones.map(
    (zone) => last.observation.cluster.nodes.filter((node) => node.role === "primary" && node.zone === zone).length,
  );
  expect(Math.max(...perZone) - Math.min(...perZone)).toBeLessThanOrEqual(1);
}

async function expectNothingLost(live: LiveClient): Promise<void> {
  const report = await live.finish();
  expect(report.lost).toEqual([]);
  expect(report.acknowledged).toBeGreaterThan(100);
  process.stdout.write(`${report.acknowledged} writes acknowledged, ${report.errors} client errors, none lost\n`);
}

test("a cluster of three shards forms from nothing", async () => {
  await cluster.untilRest(remember);
  expectWhole(3);
});

test("3 -> 5 -> 3 shards under a writing client: slots always covered, nothing lost", async () => {
  const live = write();
  for (const shards of [5, 3]) {
    cluster.newController(shards);
    await cluster.untilRest((report) => {
      expect(coveredSlots(report)).toBe(16_384);
      remember(report);
    });
    expectWhole(shards);
  }
  const machines = await cluster.fleet.machines();
  expect(machines.length).toBe(9);
  expect(cluster.fleet.capacities).toEqual(new Map(zones.map((zone) => [zone, 3])));
  await expectNothingLost(live);
});

test("a replica that is killed comes back and is synced again", async () => {
  const live = write();
  const replica = last.observation.cluster.nodes.find((node) => node.role === "replica");
  await cluster.fleet.kill(replica?.instanceId ?? "");
  const report = await cluster.controller.tick();
  expect(report.plan.alarms.map((alarm) => alarm.code)).toContain("node-down");
  expect(coveredSlots(report)).toBe(16_384);
  await cluster.fleet.restart(replica?.instanceId ?? "");
  await cluster.untilRest(remember);
  expectWhole(3);
  await expectNothingLost(live);
});

test("a primary that is killed is followed by a replica, and joins again as one although it has old data", async () => {
  const live = write();
  const primary = last.observation.cluster.nodes.find((node) => node.role === "primary");
  await cluster.fleet.kill(primary?.instanceId ?? "");
  await cluster.untilCovered();
  await cluster.fleet.restart(primary?.instanceId ?? "");
  await cluster.untilRest(remember);
  expectWhole(3);
  const report = await live.finish();
  // Writes that the dead primary acknowledged and had not sent yet may be lost: at most those of its last moments.
  expect(report.lost.length).toBeLessThan(20);
});

test("a terminated machine is replaced, its node forgotten", async () => {
  const victim = last.observation.cluster.nodes.find((node) => node.role === "primary");
  await cluster.fleet.lose(victim?.instanceId ?? "");
  await cluster.untilRest(remember);
  expectWhole(3);
  expect(last.observation.cluster.nodes.some((node) => node.id === victim?.id)).toBe(false);
  expect(last.observation.looks.size).toBe(9);
});

test("a whole zone is lost and comes back on new machines", async () => {
  const live = write();
  const there = await cluster.fleet.machines();
  await Promise.all(there.filter(({ zone }) => zone === "z2").map(({ instanceId }) => cluster.fleet.lose(instanceId)));
  await cluster.untilCovered();
  await cluster.untilRest(remember);
  expectWhole(3);
  expect((await live.finish()).lost.length).toBeLessThan(20);
});

test("a machine that is terminated by its hook leaves only after its slots have another primary", async () => {
  const live = write();
  const victim = last.observation.cluster.nodes.find((node) => node.role === "primary");
  await cluster.fleet.terminate(victim?.instanceId ?? "", true);
  await cluster.untilRest((report) => {
    expect(coveredSlots(report)).toBe(16_384);
    remember(report);
  });
  expectWhole(3);
  expect(cluster.fleet.machine(victim?.instanceId ?? "").state).toBe(InstanceState.Gone);
  await expectNothingLost(live);
});

test("a rolling replacement: the successor is kept although nobody asked the group for it, and takes its predecessor's place", async () => {
  const live = write();
  const primary = last.observation.cluster.nodes.find((node) => node.role === "primary");
  const successor = await cluster.fleet.launchAhead(primary?.zone ?? "");
  const kinds: string[] = [];
  await cluster.untilRest((report) => kinds.push(...report.outcomes.map(({ action }) => action.kind)));
  expect(kinds).toContain("complete-launch");
  expect(kinds).not.toContain("terminate");
  cluster.fleet.endPredecessor(primary?.instanceId ?? "");
  await cluster.untilRest((report) => {
    expect(coveredSlots(report)).toBe(16_384);
    remember(report);
  });
  expectWhole(3);
  const ids = last.observation.cluster.nodes.map(({ instanceId }) => instanceId);
  expect([ids.includes(successor), ids.includes(primary?.instanceId ?? "")]).toEqual([true, false]);
  await expectNothingLost(live);
});

test("a lost majority is brought back by taking over only as many shards as make a quorum", async () => {
  // Put two of three primaries into one place to lose them together: any two primaries are a majority of three voters.
  const primaries = last.observation.cluster.nodes.filter((node) => node.role === "primary").slice(0, 2);
  await Promise.all(primaries.map(({ instanceId }) => cluster.fleet.kill(instanceId)));
  const modes: string[] = [];
  const deadline = performance.now() + 60_000;
  for (;;) {
    const report = await cluster.controller.tick();
    modes.push(...report.plan.actions.flatMap((action) => (action.kind === "failover" ? [action.mode] : [])));
    if (coveredSlots(report) === 16_384) {
      break;
    }
    expect(performance.now()).toBeLessThan(deadline);
  }
  expect(modes.filter((mode) => mode === "takeover").length).toBe(1);
  await Promise.all(primaries.map(({ instanceId }) => cluster.fleet.restart(instanceId)));
  await cluster.untilRest(remember);
  expectWhole(3);
});

test(
  "a controller that is killed between any two steps is followed by one that goes on",
  { timeout: 120_000 },
  async () => {
    const live = write();
    for (const shards of [5, 3]) {
      for (let kill = 0; kill < 200; kill++) {
        // This controller dies after a few steps, jobs of a move included; the next one knows nothing of it.
        let steps = [1, 2, 3, 5, 30][kill % 5] ?? 1;
        cluster.newController(shards, () => steps-- > 0);
        const report = await cluster.controller.tick();
        await cluster.fleet.refill();
        expect(coveredSlots(report)).toBe(16_384);
        if (isAtRest(report)) {
          break;
        }
      }
      cluster.newController(shards);
      await cluster.untilRest(remember);
      expectWhole(shards);
    }
    await expectNothingLost(live);
  },
);

test("a controller that is killed between any two commands is followed by one that goes on", async () => {
  const live = write();
  for (const shards of [5, 3]) {
    for (let kill = 0; kill < 200; kill++) {
      // A look at each node is two commands; what is left of the budget is spent on actions.
      const machines = await cluster.fleet.machines();
      const mortal = new MortalConnections(2 * machines.length + (kill % 23));
      const report = await cluster.newController(shards, undefined, testBounds, mortal).tick();
      mortal.close();
      await cluster.fleet.refill();
      if (isAtRest(report)) {
        break;
      }
    }
    cluster.newController(shards);
    await cluster.untilRest(remember);
    expectWhole(shards);
  }
  await expectNothingLost(live);
});

test("at rest the plan is empty", async () => {
  const { cluster: observed } = (await cluster.controller.plan()).observation;
  expect(reconcile(observed, { shards: 3, zones }, testBounds)).toEqual({ actions: [], alarms: [] });
});
